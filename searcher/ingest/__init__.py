"""From files to articles: walking folders, decoding bytes, front matter, markup, dates."""
