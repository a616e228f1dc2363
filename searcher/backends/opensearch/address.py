"""Addresses of indexes on OpenSearch: ``opensearch://host:9200,host2:9200/name``."""

from __future__ import annotations

import re
from typing import NamedTuple

from searcher.errors import QueryError

SCHEMES = ("opensearch://", "opensearch+https://")

DEFAULT_PORT = 9200

MAX_NODES = 100
"""The maximum number of nodes that an address names."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,150}")
_NODE = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?")


class Node(NamedTuple):
    """Where a node listens."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Address(NamedTuple):
    """An index on OpenSearch.

    Attributes:
        nodes: any of them can be asked; at least one.
        name: of the index: an alias, behind which each build has an index of its own.
        secure: whether requests go over TLS.
    """

    nodes: tuple[Node, ...]
    name: str
    secure: bool = False

    def __str__(self) -> str:
        scheme = SCHEMES[self.secure]
        return f"{scheme}{','.join(map(str, self.nodes))}/{self.name}"


def parse_address(text: str) -> Address:
    """Read an address.

    Raises:
        QueryError: it is none, or has a user or a password in it.

    >>> str(parse_address("opensearch://one:9200,two/news"))
    'opensearch://one:9200,two:9200/news'
    """
    scheme, rest = next(
        ((scheme, text[len(scheme) :]) for scheme in SCHEMES if text.startswith(scheme)), ("", text)
    )
    if "@" in rest:
        # The address is printed in messages, so the message must not have it.
        raise QueryError(
            "the address of an index must have no user or password in it; "
            "set SEARCHER_OPENSEARCH_USER and SEARCHER_OPENSEARCH_PASSWORD"
        )
    where, slash, name = rest.partition("/")
    nodes = tuple(_NODE.fullmatch(part) for part in where.split(","))
    if not scheme or not slash or not all(nodes) or len(nodes) > MAX_NODES:
        raise QueryError(
            f"{text!r} is no address of an index; write opensearch://host:9200,host2:9200/name"
        )
    if not _NAME.fullmatch(name):
        raise QueryError(
            f"{name!r} cannot be the name of an index on OpenSearch: it has lower-case letters, "
            "digits, '.', '-' and '_', and begins with a letter or digit"
        )
    found = tuple(_node(match[1], match[2]) for match in nodes if match)
    return Address(found, name, scheme == SCHEMES[1])


def _node(host: str, port: str | None) -> Node:
    number = int(port) if port else DEFAULT_PORT
    if not 0 < number < 1 << 16:
        raise QueryError(f"{number} is no port; a port is a number from 1 to 65535")
    return Node(host.strip("[]"), number)
