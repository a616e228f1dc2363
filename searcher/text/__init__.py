"""Text analysis: from a string to folded tokens, by way of the dictionary and the lexicon."""
