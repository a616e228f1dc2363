"""Small command lines of the peers, of the shape of ``searcher search``, to be timed whole."""
