"""``searcher --version``: the versions of the program and of what it uses."""

from __future__ import annotations

from searcher import __version__, version_info
from searcher.cli.language import tr
from searcher.cli.render import write
from searcher.cli.widths import columns


def show_version(*, short: bool) -> int:
    """Print the versions; of the program alone where ``short``."""
    write(f"searcher {__version__}")
    if short:
        return 0
    rows = []
    for name, version in version_info().items():
        if name == "searcher":
            continue
        if name == "native":
            version = tr("yes") if version else tr("no")
        rows.append((tr(name), str(version or tr("not installed"))))
    width = max(columns(name) for name, _ in rows)
    for name, version in rows:
        write(f"  {name}{' ' * (width - columns(name))}  {version}")
    return 0
