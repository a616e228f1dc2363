"""The index as Whoosh sees it: schema, codec, table of contents."""
