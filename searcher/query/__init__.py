"""The query language: query string to syntax tree, and the options of a search. Knows no index."""
