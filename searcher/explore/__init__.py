"""From hits to what they say: counts, timelines, concordances, keywords, names, duplicates."""
