"""Building an index: what changed in a corpus is read, inverted, merged and committed.

``build`` decides whether there is anything to do; ``sync`` does it with any engine; all other
modules belong to the embedded engine, whose writer is ``writer.IndexWriter``.
"""
