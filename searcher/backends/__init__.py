"""Engines behind the library: the protocol, and the embedded engine."""
