"""What one request, and all of them together, may ask of a server."""

MAX_QUERY_LENGTH = 2000
"""Characters of a query. Whole headlines and questions are far shorter."""
MAX_TEXT_LENGTH = 200
"""Characters of any other text, such as a source or an id."""
MAX_HITS = 100
"""Hits of one answer."""
MAX_LINES = 1000
"""Rows of a table: places that match, words, values of a field."""
MAX_DEPTH = 10_000
"""Hits that may be left out: all before them have to be ranked, too."""
MAX_COUNTED = 200
"""Searches whose counts are kept for their other pages."""
MAX_BODY = 2 << 20
"""Bytes of a request's body."""
MAX_QUERIES = 10_000
"""Queries of one batch."""
MAX_REQUESTS = 64
"""Requests that are answered or wait at once; further ones are told to come back later."""
MAX_SECONDS = 10.0
"""So long an answer is waited for."""
MAX_TRANSFER_SECONDS = 30.0
"""So long a client may take to send a part of a body, or to take a part of an answer."""
MAX_HEAD_SECONDS = 10.0
"""So long a new connection may take until its first request is complete."""
REFRESH_SECONDS = 0.3
"""So often it is looked for a new commit."""
