"""The folders of a user for settings and data, on each system; the versions of what is used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from searcher import version_info
from searcher.api.saved import SavedSearches
from searcher.user_folders import cache_folder, config_folder, data_folder


@pytest.mark.parametrize(
    ("platform", "variables", "config", "data"),
    [
        ("linux", {}, "/home/me/.config/searcher", "/home/me/.local/share/searcher"),
        ("linux", {"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d"}, "/c/searcher", "/d/searcher"),
        (
            "darwin", {"XDG_CONFIG_HOME": "/c"},
            "/home/me/Library/Application Support/searcher",
            "/home/me/Library/Application Support/searcher",
        ),
        ("win32", {"APPDATA": "/r", "LOCALAPPDATA": "/l"}, "/r/searcher", "/l/searcher"),
        ("win32", {}, "/home/me/searcher", "/home/me/searcher"),
    ],
)  # fmt: skip
def test_folders(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    variables: dict[str, str],
    config: str,
    data: str,
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("SEARCHER_DATA", raising=False)
    for name, value in {"HOME": "/home/me", **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert (config_folder(), data_folder()) == (config, data)
    assert SavedSearches().folder == Path(data) / "saved"
    caches = {"linux": "/home/me/.cache/searcher", "darwin": "/home/me/Library/Caches/searcher"}
    assert cache_folder() == caches.get(platform, f"{data}/Cache")


def test_versions() -> None:
    found = version_info()
    assert found["searcher"] == sys.modules["searcher"].__version__
    assert str(found["python"]).startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
    assert all(found[name] for name in ("jieba", "rjieba", "whoosh", "numpy"))
    assert found["native"] in (True, False)


def test_a_package_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.versions.PACKAGES", ("no-such-package",))
    assert version_info()["no-such-package"] == ""
