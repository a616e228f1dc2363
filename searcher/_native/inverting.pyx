# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, freethreading_compatible=True
"""placeholder"""

def nothing():
    """Nothing yet."""
    return None
