"""A server for one index: pages to search on, and an HTTP interface for programs."""
