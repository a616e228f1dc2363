# cython: language_level=3
"""What other extension modules use of the sorting of tokens to posting lists."""

from libc.stdint cimport int64_t, uint16_t, uint32_t

from searcher._native.vocabulary cimport Numbers, Vocabulary


cdef object invert_tokens(
    Vocabulary vocabulary,
    Numbers tokens,
    const uint16_t[::1] docs,
    const int64_t[::1] title_ends,
    uint32_t[::1] lengths,
)
