"""axe-core on a page: no violation of WCAG A and AA, nor of its best practices."""

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _axe() -> str:
    # Of the package only its copy of axe-core is used, which evaluates without a script element.
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def check_accessible(page: Page) -> None:
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS
    )
    violations = [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert not violations, "\n".join(violations)
    assert found["passes"]
