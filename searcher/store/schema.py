"""What an index consists of."""

MAX_SEGMENT_DOCUMENTS = 1 << 16
"""Document numbers within a segment are 16 bits."""

KEYWORD_FIELDS = ("author", "category", "source", "id")
"""Fields whose whole values are looked up."""
