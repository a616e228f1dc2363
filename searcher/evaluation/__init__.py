"""Evaluation: how good the answers are, measured on collections with known answers."""
