"""Searching: the query language, evaluation, ranking, snippets."""
