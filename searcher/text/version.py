"""The version of the text analysis, kept in every index."""

VERSION = "1.2.0"
"""Raise it with every change that makes other tokens: older indexes are then built again."""
