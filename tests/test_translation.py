"""The program speaks the user's language: every message has its translations, and they fit."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import messages
import pytest
from console import call, run
from messages import LIBRARY, PACKAGE, PROSE, all_messages, written

from searcher.cli.commands import COMMANDS
from searcher.cli.language import joined, plural, told, tr, use
from searcher.translation import (
    ENGLISH,
    LANGUAGES,
    Catalogue,
    Entry,
    catalogue,
    filled,
    language_of,
    parse_po,
    preferred,
)

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
_PLACES = re.compile(rf"\{{\w+\}}|--[a-z][a-z-]+|\$[A-Z]+|searcher (?:{'|'.join(COMMANDS)})\b")


def po(language: str) -> str:
    return (PACKAGE / "locale" / f"{language}.po").read_text("utf-8")


# The catalogues


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_has_a_translation(language: str) -> None:
    texts = {(entry.context, entry.one): entry.text for entry in parse_po(po(language))}
    for message in all_messages():
        text = texts.get((message.context, message.one))
        assert text, f"{message.one!r}: write its translation, after: make messages"
        # The form for one thing says what the other one says.
        assert _parts(text) == _parts(message.one), (message.one, text)


def _parts(text: str) -> Counter[str]:
    """What has to stand in a translation as it does in the message."""
    return Counter(_PLACES.findall(text))


@pytest.mark.parametrize("language", OTHERS)
def test_the_files_are_as_they_are_written(language: str) -> None:
    texts = {(entry.context, entry.one): entry.text for entry in parse_po(po(language))}
    assert po(language) == written(language, texts), "run: make messages"


def test_the_program_says_much() -> None:
    found = all_messages()
    assert sum(message.context == LIBRARY for message in found) > 190
    assert sum(message.context == "" for message in found) > 400


def test_simplified_and_traditional_are_not_mixed() -> None:
    simplified, traditional = (
        "".join(
            re.sub(r"[\x21-\x7e]*[^ ：。，；）]*[普京标视]+\S*", "", e.text)
            for e in parse_po(po(name))
        )
        for name in OTHERS
    )
    assert not set(simplified) & set("這個檔與詞結長讀")
    assert not set(traditional) & set("这个档与词结长读")


def test_nothing_is_said_that_is_not_looked_up() -> None:
    """No error or line of talk of the command line is text that no catalogue has."""
    for path in sorted((PACKAGE / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = node.func.id
                if name in ("say", "_say") or name.endswith("Error"):
                    assert not _prose(node.args), f"{path.name}:{node.lineno}: use tr(...)"


def _prose(arguments: list[ast.expr]) -> bool:
    texts = []
    for argument in arguments:
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        texts += [str(part.value) for part in parts if isinstance(part, ast.Constant)]
    return any(PROSE.search(text) for text in texts)


# Sentences of the library


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_found_again(language: str) -> None:
    """A text that is made from a template is said by the translation of that template."""
    known = catalogue(language)
    for entry in parse_po(po(language)):
        if entry.context == LIBRARY:
            names = re.findall(r"\{(\w+)\}", entry.one)
            values = {name: f"<{number}>" for number, name in enumerate(names)}
            said = filled(entry.one, values)
            assert known.sentence(said) == filled(entry.text, values), entry.one


def test_a_sentence_in_a_sentence() -> None:
    known = catalogue("zh_CN")
    said = "limit must be a whole number, 0 or more, not 'x'"
    assert known.sentence(said) == "limit 必须是不小于 0 的整数，而不是 'x'"


@pytest.mark.parametrize("said", ["", "nothing like it", "{x}", "x" * 20_000, "a must be b" * 500])
def test_what_is_no_sentence_stays(said: str) -> None:
    assert catalogue("zh_TW").sentence(said) == said


def test_a_nested_text_is_not_looked_at_for_ever() -> None:
    known = Catalogue([Entry(LIBRARY, "not {what}", "", "非{what}")])
    assert known.sentence("not " * 10 + "so") == "非" * 5 + "not " * 5 + "so"


# Choosing


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_SG.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_HK.UTF-8"}, "zh_TW"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"}, "zh_TW"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "de:zh_TW:zh_CN"}, "zh_TW"),
        ({"LANG": "C", "LANGUAGE": "zh_CN"}, "en"),
        ({"LC_ALL": "POSIX", "LANG": "zh_CN"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8", "LC_MESSAGES": ""}, "en"),
    ],
)
def test_the_variables(variables: dict[str, str], expected: str) -> None:
    assert preferred(variables) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zh", "zh_CN"),
        ("zh-Hant-HK", "zh_TW"),
        ("zh-Hans-TW", "zh_CN"),
        ("ZH_tw", "zh_TW"),
        ("", ""),
    ],
)
def test_names_of_languages(name: str, expected: str) -> None:
    assert language_of(name) == expected


@pytest.fixture
def chinese() -> object:
    use("zh_CN")
    yield
    use(ENGLISH)


@pytest.mark.usefixtures("chinese")
def test_words_of_the_command_line() -> None:
    assert tr("wrote {file}", file="{file}.csv") == "已写出 {file}.csv"
    assert plural("{number} article", "{number} articles", 1) == "{number} 篇文章"
    assert joined("一。", "", "二。") == "一。二。"
    assert told(ValueError("title is empty")) == "标题为空"


# On the command line


def test_a_search_in_chinese(news: Path) -> None:
    answer = run("search", "普京", cwd=news, env={"LANG": "zh_CN.UTF-8"}, expect=0)
    assert re.fullmatch(r"2 篇文章，用时 [0-9.]+ 毫秒\n", answer.err)
    answer = call("search", "普京", "--lang", "zh_TW", cwd=news, env={"LANG": "zh_CN"}, expect=0)
    assert "耗時" in answer.err
    answer = call("--lang=en", "search", "普京", cwd=news, env={"LANG": "zh_CN"}, expect=0)
    assert "2 articles in" in answer.err


def test_errors_in_chinese(news: Path) -> None:
    env = {"LANG": "zh_CN.UTF-8"}
    answer = call("search", "普京", "--since", "2021-13", cwd=news, env=env, expect=2)
    assert answer.err.startswith(
        "searcher: since：没有这个日期：2021-13；请写这样的日期：2021-12-05、"
    )
    answer = call("search", "date:昏", cwd=news, env=env, expect=1)
    assert "看不懂日期：'昏'；当作普通的词" in answer.err
    answer = call("search", "普京", "--limt", "3", cwd=news, env=env, expect=2)
    assert "没有选项 --limt。您是不是要用 --limit？" in answer.err
    answer = call("show", "zzz", cwd=news, env=env, expect=1)
    assert answer.err == "searcher: 没有 id 或路径为 'zzz' 的文章；searcher search 会显示 id\n"


def test_json_is_the_same_in_every_language(news: Path) -> None:
    answers = [
        call("search", "date:昏 普京", "--json", "--lang", language, cwd=news).record
        for language in LANGUAGES
    ]
    for answer in answers:
        del answer["took_ms"]
    assert answers[0] == answers[1] == answers[2]
    assert "read as plain words" in answers[2]["notes"][0]


def test_a_language_that_there_is_not(news: Path) -> None:
    for line in (["--lang", "de"], ["--lang"], ["--lang="]):
        answer = call("search", "普京", *line, cwd=news, expect=2)
        assert answer.err.startswith("searcher: There is no language ")
        assert "en, zh_CN, zh_TW" in answer.err
    assert call("search", "普京", "--", "--lang", cwd=news).code in (0, 1)


@pytest.mark.parametrize("language", OTHERS)
def test_help_in_chinese(language: str) -> None:
    for name in ("search", "batch", "kwic"):
        shown = call(name, "--help", "--lang", language, expect=0).out
        prose = re.sub(
            r"[\x21-\x7e]*--?[a-z].*|searcher .*|^  [A-Z].*", "", shown, flags=re.MULTILINE
        )
        assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", prose), prose


def test_the_script_finds_what_is_said() -> None:
    source = """
def f(name):
    raise QueryError(f"no {name!r} is here, {len(name):,} letters; use {LIMIT >> 1}")
LIMIT = 8
"""
    found = messages.Sentences(ast.parse(source), frozenset({"QueryError"})).found()
    assert {*found} == {"no {name} is here, {name2} letters; use {limit}"}
