# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, freethreading_compatible=True
"""Sorting a batch to posting lists: its tokens by counting sort, its bigrams by radix sort."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, qsort

from searcher._native.vocabulary cimport Numbers, Rows, Vocabulary

cdef enum:
    _TEXT_END = 2


# Without checks: starts of tokens are places of units; an entry is the number of a row, its
# values are term numbers below term_count, and total is how many values the rows have.
@cython.boundscheck(False)
@cython.initializedcheck(False)
cdef object invert_tokens(
    Vocabulary vocabulary,
    Numbers tokens,
    const uint16_t[::1] docs,
    const int64_t[::1] title_ends,
    uint32_t[::1] lengths,
):
    """The posting lists of tokens, start and entry each; adds them to the lengths of documents.

    Returns (term numbers int32, counts uint32, docs uint16, freqs uint8) as memory views.
    """
    cdef Rows entries = vocabulary.entries
    cdef Py_ssize_t count = tokens.size // 2, term_count = vocabulary.terms.count
    cdef Py_ssize_t i, first, found = 0
    cdef int64_t total = 0, place
    cdef int32_t term, doc, entry
    cdef uint32_t value, title, body, weight, key
    cdef const int32_t* values = entries.values.data
    for i in range(count):
        entry = tokens.data[2 * i + 1]
        total += entries.ends[entry] - entries.start(entry)
    if total >= 1 << 31:
        raise ValueError("too many tokens in a batch")
    postings_ = bytearray(4 * (total + 1))
    cdef uint32_t[::1] postings = memoryview(postings_).cast("I")
    cdef uint32_t[::1] cursors = memoryview(bytearray(4 * (term_count + 1))).cast("I")
    out_docs_, out_freqs_ = bytearray(2 * total), bytearray(total)
    cdef uint16_t[::1] out_docs = memoryview(out_docs_).cast("H") if total else None
    cdef uint8_t[::1] out_freqs = out_freqs_
    terms_, counts_ = bytearray(4 * term_count), bytearray(4 * term_count)
    cdef int32_t[::1] terms = memoryview(terms_).cast("i") if term_count else None
    cdef uint32_t[::1] counts = memoryview(counts_).cast("I") if term_count else None
    cdef Py_ssize_t posting_count = 0, start, stop
    with nogil:
        for i in range(count):
            entry = tokens.data[2 * i + 1]
            for place in range(entries.start(entry), entries.ends[entry]):
                cursors[values[place] + 1] += 1
        for i in range(term_count):
            cursors[i + 1] += cursors[i]
        for i in range(count):
            doc = docs[tokens.data[2 * i]]
            lengths[doc] += 1
            entry = tokens.data[2 * i + 1]
            # Document, whether in the title, whether as a part.
            value = <uint32_t> doc << 2 | (tokens.data[2 * i] < title_ends[doc]) << 1
            first = entries.start(entry)
            for place in range(first, entries.ends[entry]):
                term = values[place]
                postings[cursors[term]] = value | (place > first)
                cursors[term] += 1
        # Now cursors[i] is where the postings of term i end.
        start = 0
        for i in range(term_count):
            stop = cursors[i]
            if stop == start:
                continue
            # Runs come before words; hardly a term is both.
            for place in range(start + 1, stop):
                if postings[place] >> 2 < postings[place - 1] >> 2:
                    qsort(&postings[start], stop - start, sizeof(uint32_t), _compare)
                    break
            first = posting_count
            while start < stop:
                key = postings[start] >> 2
                title = body = 0
                while start < stop and postings[start] >> 2 == key:
                    # A token counts 2, a part 1.
                    weight = 2 - (postings[start] & 1)
                    if postings[start] & 2:
                        title += weight
                    else:
                        body += weight
                    start += 1
                out_docs[posting_count] = <uint16_t> key
                out_freqs[posting_count] = <uint8_t> (64 * min(title, 3) + min(body, 63))
                posting_count += 1
            terms[found] = <int32_t> i
            counts[found] = <uint32_t> (posting_count - first)
            found += 1
    return (
        memoryview(terms_)[: 4 * found],
        memoryview(counts_)[: 4 * found],
        memoryview(out_docs_)[: 2 * posting_count],
        memoryview(out_freqs_)[:posting_count],
    )


cdef int _compare(const void* left, const void* right) noexcept nogil:
    cdef uint32_t a = (<const uint32_t*> left)[0], b = (<const uint32_t*> right)[0]
    return (a > b) - (a < b)


# Without checks: docs is as long as folded; the places that a histogram gives are below the number
# of pairs, which is what it has counted.
@cython.boundscheck(False)
@cython.initializedcheck(False)
def invert_bigrams(const uint16_t[::1] folded, const uint16_t[::1] docs):
    """The posting lists of all pairs of neighbouring units, by a radix sort of two passes.

    ``folded``: the folded units of a batch; ``docs``: uint16, the document of each, ascending.
    Returns the keys (first unit << 16 | second unit, uint32), ascending, how many documents each
    has (uint32), and the documents of all (uint16), as memory views. Pairs that begin with the end
    of a title or text are left out.
    """
    cdef Py_ssize_t size = folded.shape[0], pairs = 0, i, place, found = 0, posting_count = 0
    if docs.shape[0] != size:
        raise ValueError("each unit has a document")
    cdef uint32_t[::1] by_first = memoryview(bytearray(4 * 0x10001)).cast("I")
    cdef uint32_t[::1] by_second = memoryview(bytearray(4 * 0x10001)).cast("I")
    # A pair and its document: key << 16 | document.
    cdef uint64_t* one = <uint64_t*> malloc((size + 1) * sizeof(uint64_t))
    cdef uint64_t* other = <uint64_t*> malloc((size + 1) * sizeof(uint64_t))
    cdef uint32_t[::1] keys, counts
    cdef uint16_t[::1] out_docs
    try:
        if one == NULL or other == NULL:
            raise MemoryError
        with nogil:
            for i in range(size - 1):
                if folded[i] > _TEXT_END:
                    by_first[folded[i] + 1] += 1
                    by_second[folded[i + 1] + 1] += 1
                    pairs += 1
            for i in range(0x10000):
                by_first[i + 1] += by_first[i]
                by_second[i + 1] += by_second[i]
            for i in range(size - 1):
                if folded[i] > _TEXT_END:
                    place = by_second[folded[i + 1]]
                    by_second[folded[i + 1]] += 1
                    one[place] = (
                        <uint64_t> folded[i] << 32 | <uint64_t> folded[i + 1] << 16 | docs[i]
                    )
            for i in range(pairs):
                place = by_first[one[i] >> 32]
                by_first[one[i] >> 32] += 1
                other[place] = one[i]
            for i in range(pairs):
                posting_count += i == 0 or other[i] != other[i - 1]
                found += i == 0 or other[i] >> 16 != other[i - 1] >> 16
        keys_, counts_ = bytearray(4 * (found + 1)), bytearray(4 * (found + 1))
        docs_ = bytearray(2 * (posting_count + 1))
        keys, counts = memoryview(keys_).cast("I"), memoryview(counts_).cast("I")
        out_docs = memoryview(docs_).cast("H")
        with nogil:
            found = posting_count = 0
            for i in range(pairs):
                if i == 0 or other[i] != other[i - 1]:
                    if i == 0 or other[i] >> 16 != other[i - 1] >> 16:
                        keys[found] = <uint32_t> (other[i] >> 16)
                        found += 1
                    counts[found - 1] += 1
                    out_docs[posting_count] = <uint16_t> other[i]
                    posting_count += 1
    finally:
        free(one)
        free(other)
    return (
        memoryview(keys_)[: 4 * found],
        memoryview(counts_)[: 4 * found],
        memoryview(docs_)[: 2 * posting_count],
    )
