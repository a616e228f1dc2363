"""Which language a page speaks: by the browser's ``Accept-Language``."""

from __future__ import annotations

from collections.abc import Mapping

from searcher.web.messages import english, simplified, traditional

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": english.MESSAGES,
    "zh-Hans": simplified.MESSAGES,
    "zh-Hant": traditional.MESSAGES,
}
"""The messages of each language, by its tag in HTML."""

MAX_RANGES = 20
"""The maximum number of languages of a header looked at."""

_TRADITIONAL = ("hant", "tw", "hk", "mo")


def choose_language(header: str) -> str:
    """The tag of the language that a browser likes best of those there are; English without one.

    >>> choose_language("fr, zh-TW;q=0.8, en;q=0.5")
    'zh-Hant'
    """
    best, best_quality = "en", 0.0
    for part in header.split(",", MAX_RANGES)[:MAX_RANGES]:
        tag, _, parameter = part.strip().partition(";")
        language = _language(tag.strip().lower())
        quality = _quality(parameter.strip())
        if language and quality > best_quality:
            best, best_quality = language, quality
    return best


def _language(tag: str) -> str:
    """Our tag for one of a browser; "" for a language that there is not."""
    main, *rest = tag.split("-")
    if main == "zh":
        is_traditional = any(part in _TRADITIONAL for part in rest) and "hans" not in rest
        return "zh-Hant" if is_traditional else "zh-Hans"
    return "en" if main == "en" else ""


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
