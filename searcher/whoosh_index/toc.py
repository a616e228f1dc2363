"""Making Whoosh's table of contents without Whoosh, which takes long to import.

The file has the form that ``whoosh.index.TOC.read`` of Whoosh 2.7.4 reads: sizes and numbers, a
pickled schema, the generation, the pickled segments. The pickles say no more than which two
functions of this module are to be called, and with what.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searcher.store.manifest import Manifest
from searcher.whoosh_index.contents import schema_arguments, segment_arguments

if TYPE_CHECKING:
    from searcher.whoosh_index.codec import WhooshSegment
    from searcher.whoosh_index.schema import IndexSchema

_BYTE_ORDER_MARK = -12345
_TOC_VERSION = -111
_WHOOSH_VERSION = (2, 7, 4)
_SCHEMA_PROTOCOL = 2
_SEGMENTS_PROTOCOL = 4
"""Bytes, which segments have, need one of Python 3."""

_INT = struct.Struct("!i")
_SIZES = (_INT.size, struct.calcsize("!Q"), struct.calcsize("!f"))
"""Of an int, a long and a float, as Whoosh counts."""


class Call:
    """Is pickled as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._call


def schema_of(version: str, lexicon: str, folder: str) -> IndexSchema:
    """The schema of an index: see :func:`searcher.whoosh_index.schema.index_schema`."""
    from searcher.whoosh_index.schema import index_schema

    return index_schema(version, lexicon, folder)


def segment_of(segment_id: str, documents: int, deleted: bytes, lexicon: str) -> WhooshSegment:
    """A segment: see :class:`searcher.whoosh_index.codec.WhooshSegment`."""
    from searcher.whoosh_index.codec import WhooshSegment

    return WhooshSegment(segment_id, documents, deleted, lexicon)


def encode_toc(folder: Path, manifest: Manifest) -> bytes:
    """The contents of the file with Whoosh's table of contents, for a manifest."""
    schema = pickle.dumps(Call(schema_of, *schema_arguments(folder, manifest)), _SCHEMA_PROTOCOL)
    segments = pickle.dumps(
        [Call(segment_of, *each) for each in segment_arguments(manifest)], _SEGMENTS_PROTOCOL
    )
    return b"".join(
        (
            bytes(_SIZES),
            _INT.pack(_BYTE_ORDER_MARK),
            _INT.pack(_TOC_VERSION),
            bytes(_WHOOSH_VERSION),
            _varint(len(schema)),
            schema,
            _INT.pack(manifest.generation),
            _INT.pack(0),
            segments,
        )
    )


def _varint(number: int) -> bytes:
    """A number in groups of seven bits, the lowest first; the highest bit says that more follow."""
    groups = bytearray()
    while number > 127:
        groups.append(number & 127 | 128)
        number >>= 7
    groups.append(number)
    return bytes(groups)
