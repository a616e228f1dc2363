"""What an index is on disk: segment files, postings, stored documents, the manifest."""
