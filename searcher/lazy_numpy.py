"""numpy, imported when it is first used.

Importing numpy takes longer than to open an index and to answer a query, which need none of it
where the extension modules are compiled. Modules that a search imports say
``from searcher.lazy_numpy import numpy as np``, and have no arrays as module constants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["numpy"]

if TYPE_CHECKING:
    import numpy
else:

    class _Numpy:
        """Has the attributes of numpy; each is looked up there once."""

        def __getattr__(self, name: str) -> Any:
            import numpy

            value = getattr(numpy, name)
            setattr(self, name, value)
            return value

    numpy = _Numpy()
