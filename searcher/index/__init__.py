"""The index: a Whoosh index whose postings are flat arrays, built in batches."""
