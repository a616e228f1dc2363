"""What an index is on disk: segment files, the lexicon file and the manifest, and their readers.

:mod:`searcher.store.schema` says what an index consists of; ``docs/index-format.md`` says where
every byte of it is.
"""
