"""Writing an index: what changed in the corpus is read, inverted, merged and committed."""
