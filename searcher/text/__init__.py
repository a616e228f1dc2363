"""Chinese text: folding characters, cutting words, and the names that one thing goes by."""
