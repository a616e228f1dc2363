"""What the pages say, a module for each language; all have the same keys."""
