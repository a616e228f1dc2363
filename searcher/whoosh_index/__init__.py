"""The index as Whoosh sees it: schema, codec, table of contents, and a storage that is safe."""
