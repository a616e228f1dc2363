"""The version of the analysis: of folding, segmenting and everything else that makes tokens."""

VERSION = "1.1.1"
"""Raised with every change that gives other tokens: indexes built with another are outdated."""
