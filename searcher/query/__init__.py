"""The query language: a string becomes a syntax tree; options are checked. Knows no index."""
