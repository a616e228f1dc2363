"""Who asks a cluster: user and password, or a token, and which certificates are trusted.

All of it comes from the environment, so that it stands in no address and no command line.
"""

from __future__ import annotations

import os
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple

from searcher.errors import QueryError

if TYPE_CHECKING:
    from ssl import SSLContext

VARIABLES = {
    "user": "SEARCHER_OPENSEARCH_USER",
    "password": "SEARCHER_OPENSEARCH_PASSWORD",
    "token": "SEARCHER_OPENSEARCH_TOKEN",
    "ca": "SEARCHER_OPENSEARCH_CA",
}
"""The environment variable of each setting."""


class Credentials(NamedTuple):
    """What a client shows, and what it trusts.

    ``ca``: a file of certificates in PEM form; empty for those of the system.
    """

    user: str = ""
    password: str = ""
    token: str = ""
    ca: str = ""

    def __repr__(self) -> str:
        # It may become part of a traceback.
        return "Credentials(...)"

    def header(self) -> dict[str, str]:
        """The header fields of a request.

        >>> Credentials("reader", "secret").header()
        {'Authorization': 'Basic cmVhZGVyOnNlY3JldA=='}
        """
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user:
            pair = b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}

    def context(self) -> SSLContext:
        """The TLS context, which checks certificates and host names.

        Raises QueryError where the file of certificates cannot be used.
        """
        import ssl

        try:
            return ssl.create_default_context(cafile=self.ca or None)
        except OSError as error:
            raise QueryError(
                f"the file of certificates {self.ca!r} cannot be used "
                f"({error.strerror or error}); set {VARIABLES['ca']} to one in PEM form"
            ) from error


def from_environment() -> Credentials:
    """The credentials that the environment has. Raises QueryError for those of no header."""
    values = {name: os.environ.get(variable, "") for name, variable in VARIABLES.items()}
    for name in ("user", "password", "token"):
        if not values[name].isprintable() or (name == "token" and not values[name].isascii()):
            raise QueryError(f"{VARIABLES[name]} has characters that a request cannot have")
    if ":" in values["user"]:
        raise QueryError(f"{VARIABLES['user']} must have no colon")
    return Credentials(**values)
