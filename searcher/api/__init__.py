"""The library that ``searcher`` exports: opening, searching and building an index."""
