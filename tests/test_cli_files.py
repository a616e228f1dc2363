"""Paths that open from here, templates, tables, and the files behind articles."""

from __future__ import annotations

import subprocess
from datetime import datetime, timezone
from pathlib import Path

import pytest
from console import COMMAND, call, environment

from searcher import Hit, open_index
from searcher.cli.article_files import ArticleFiles, from_here
from searcher.cli.templates import FIELDS, Template


@pytest.fixture
def archive(own_news: Path) -> Path:
    """A folder with two sources, a file of many articles, and articles added by hand."""
    (own_news / "more" / "deep").mkdir(parents=True)
    (own_news / "more" / "deep" / "one.md").write_text("# 普京在二\n\n正文", "utf-8")
    (own_news / "news.jsonl").write_text(
        '{"id": "1", "title": "普京在三", "text": "一"}\n'
        '{"id": "2", "title": "普京在四", "text": "二"}\n',
        "utf-8",
    )
    (own_news / "added.md").write_text("# 普京在五\n\n正文", "utf-8")
    call("index", "corpus", "more", "news.jsonl", cwd=own_news, expect=0)
    call("add", "added.md", cwd=own_news, expect=0)
    line = '{"id": "9", "title": "普京在六", "text": "三"}'
    call("add", "-", cwd=own_news, stdin=line, expect=0)
    return own_news


HERE = {
    "corpus/call.md", "corpus/sub/games.md", "more/deep/one.md", "news.jsonl", "added.md",
}  # fmt: skip


def test_every_path_opens_from_here(archive: Path) -> None:
    answer = call("普京", "--files", cwd=archive, expect=0)
    shown = answer.out.splitlines()
    assert {*shown} == HERE
    assert len(shown) == len(HERE), "a file with two articles is shown once"
    assert all((archive / path).is_file() for path in shown)
    assert "left out: 1 article that is in no file" in answer.err


def test_from_another_folder(archive: Path) -> None:
    index = ["--index", str(archive / "index")]
    below = call("普京", "--files", *index, cwd=archive / "more", expect=0).out.splitlines()
    assert "deep/one.md" in below
    # Outside of the current folder they are absolute.
    assert str(archive / "corpus/call.md") in below
    assert all((archive / "more" / path).is_file() for path in below)
    absolute = call("普京", "--files", "--absolute", cwd=archive, expect=0).out.splitlines()
    assert {*absolute} == {str(archive / path) for path in HERE}


def test_a_null_behind_each(archive: Path) -> None:
    (archive / "corpus" / "it's here.md").write_text("# 普京在七\n\n正文", "utf-8")
    (archive / "corpus" / "-n").with_suffix(".md").write_text("# 普京在八\n\n正文", "utf-8")
    call("index", cwd=archive, expect=0)
    shown = call("普京", "--files", "-0", "-n", "99", cwd=archive, expect=0).out.split("\0")
    assert shown.pop() == ""
    assert {*shown} == HERE | {"corpus/it's here.md", "corpus/-n.md"}
    index = ["--index", str(archive / "index")]
    shown = call("普京", "--files", "--null", "-n99", *index, cwd=archive / "corpus").out.split(
        "\0"
    )
    assert "./-n.md" in shown, "no program takes it for an option"


def test_xargs(archive: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", '"$@" | xargs wc -c', "bash", *COMMAND, "普京", "--files"],
        cwd=archive,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "total" in done.stdout


def test_which_options_go_together(news: Path) -> None:
    assert call("普京", "--absolute", cwd=news, expect=2).err == (
        "searcher: --absolute is for --files\n"
    )
    assert "-0 is for --files and --format" in call("普京", "-0", cwd=news, expect=2).err
    answer = call("普京", "--tsv", "--files", cwd=news, expect=2)
    assert "choose one of " in answer.err


def test_commands_take_the_files(archive: Path) -> None:
    for file in ("corpus/call.md", str(archive / "corpus/call.md"), "./corpus/../corpus/call.md"):
        assert "视频通话" in call("show", file, cwd=archive, expect=0).out
    assert call("explain", "普京", "more/deep/one.md", cwd=archive, expect=0).out
    similar = call("similar", "corpus/call.md", "--files", cwd=archive, expect=0).out
    assert "corpus/sub/games.md" in similar.splitlines()
    assert call("remove", "more/deep/one.md", cwd=archive, expect=0).err == "1 article removed\n"


def test_a_file_that_is_gone(archive: Path) -> None:
    (archive / "corpus" / "call.md").unlink()
    shown = call("普京", "--files", cwd=archive, expect=0).out.splitlines()
    assert "corpus/call.md" in shown, "it is shown where it was"


def test_places(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(archive)
    with open_index("index") as index:
        files = ArticleFiles(index)
        (archive / "secret.txt").write_text("x", "utf-8")
        for outside in ("../secret.txt", "corpus/../secret.txt", "more/deep/../../../secret.txt"):
            assert not Path(files.absolute(outside) or "nowhere").is_file(), outside
        assert files.absolute("-#9") == ""
        assert files.absolute("corpus/gone.md") == str(archive / "corpus" / "gone.md")
        assert files.path_of("more/deep/one.md") == "more/deep/one.md"
        assert files.path_of("corpus/call.md") in ("call.md", "corpus/call.md")
        assert files.path_of("/etc/passwd") == files.path_of("") == ""
    assert from_here("") == ""
    assert from_here(str(archive / "a")) == "a"
    assert from_here("/elsewhere/a") == "/elsewhere/a"


# Templates


def test_a_template(news: Path) -> None:
    line = ["普京", "--sort", "oldest", "--format"]
    shown = call(*line, r"{date}\t{title}\t{file}", cwd=news, expect=0).out
    assert shown == (
        "2021-12-05\t拜登与普京举行视频通话\tcorpus/call.md\n"
        "2022-02-04\t北京冬奥会[red]开幕[/red]\tcorpus/sub/games.md\n"
    )
    assert call(*line, r"{{{rank}}}\\\n", cwd=news, expect=0).out == "{1}\\\n\n{2}\\\n\n"
    assert call(*line, "{id}", "-0", cwd=news, expect=0).out.count("\0") == 2
    every = "|".join(f"{{{name}}}" for name in FIELDS)
    first = call(*line, every, cwd=news, expect=0).out.splitlines()[0].split("|")
    assert len(first) == len(FIELDS)
    record = call(*line[:-1], "--json", cwd=news).record["hits"][0]
    values = dict(zip(FIELDS, first, strict=True))
    for name in ("id", "title", "path", "author", "source", "url"):
        assert values[name] == record[name]
    assert values["time"] == record["date"]
    assert float(values["score"]) == record["score"]
    assert "普京" in values["snippet"]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{titel}", "--format has no field {titel}. Did you mean title? The fields are {rank} "),
        ("{}", "--format has no field {}. The fields are "),
        ("{title!r}", "no field {title!r}"),
        ("{title.__class__}", "no field {title.__class__}"),
        ("{0}", "no field {0}"),
        ("{title", "a lone { in --format; write {{ for the sign"),
        ("title}", "a lone } in --format; write }} for the sign"),
        ("{\x1b[31m}", "no field {␛[31m}"),
    ],
)
def test_a_wrong_template(news: Path, template: str, said: str) -> None:
    answer = call("普京", "--format", template, cwd=news, expect=2)
    assert said in answer.err
    assert answer.out == ""


def test_nothing_of_an_article_steers_a_terminal_or_breaks_a_line(news: Path) -> None:
    for form in (["--format", "{title}|{snippet}"], ["--tsv"], ["--format", "{title}", "-0"]):
        shown = call("控制", *form, cwd=news, expect=0).out
        assert shown.replace("\n", "").replace("\t", "").replace("\0", "").isprintable()
    assert len(call("控制", "--format", "{snippet}", cwd=news).out.splitlines()) == 1


def test_a_table_with_tabs(news: Path) -> None:
    lines = call("普京", "--tsv", "--sort", "oldest", cwd=news, expect=0).out.splitlines()
    header, *rows = [line.split("\t") for line in lines]
    assert header[:5] == ["rank", "article", "title", "date", "path"]
    assert [len(row) for row in rows] == [len(header)] * 2
    assert dict(zip(header, rows[0], strict=True))["path"] == "call.md"
    assert call("没有这个词语啊", "--tsv", cwd=news, expect=1).out.splitlines() == lines[:1]


def test_a_template_is_read_once() -> None:
    assert Template("a{{b}}\\q\\t").filled(None, None) == "a{b}\\q\t"  # type: ignore[arg-type]  # it has no fields


def test_values_of_a_template_are_harmless() -> None:
    moment = datetime(2021, 12, 5, tzinfo=timezone.utc)
    hit = Hit(1, "a", "p", "x\x1b[31m\ny\t\u202ez", moment, "", "", ("c", "d"), "", 0.5, ())
    shown = Template("{date}|{title}|{categories}").filled(hit, None)  # type: ignore[arg-type]  # it has no files
    assert shown == "2021-12-05|x␛[31m y �z|c;d"


# Opening


@pytest.fixture
def editor(tmp_path: Path) -> str:
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$(dirname "$0")/opened"\n')
    script.chmod(0o755)
    return str(script)


def opened(editor: str) -> list[str]:
    return (Path(editor).parent / "opened").read_text("utf-8").splitlines()


def test_open_in_the_editor(archive: Path, editor: str) -> None:
    id_ = call("普京", "--format", "{id}", "-n1", cwd=archive, expect=0).out.strip()
    for given, file in (("corpus/call.md", "corpus/call.md"), ("added.md", "added.md")):
        call("open", given, cwd=archive, env={"EDITOR": f"'{editor}' --wait"}, expect=0)
        assert opened(editor) == ["--wait", str(archive / file)]
    call("open", id_, cwd=archive, env={"EDITOR": "false", "VISUAL": editor}, expect=0)
    assert opened(editor)[0].startswith(str(archive))


def test_what_cannot_be_opened(archive: Path, editor: str) -> None:
    env = {"EDITOR": editor}
    assert "no article has the id" in call("open", "zzz", cwd=archive, env=env, expect=1).err
    answer = call("open", "-#9", cwd=archive, env=env, expect=2)
    assert "this article is in no file; to read it: searcher show " in answer.err
    (archive / "corpus" / "call.md").unlink()
    id_ = call("拜登", "--format", "{id}", "-n1", cwd=archive, expect=0).out.strip()
    assert "is not there any more" in call("open", id_, cwd=archive, env=env, expect=2).err
    games = ["open", "corpus/sub/games.md"]
    for wrong in ("/no/such/editor", "'"):
        answer = call(*games, cwd=archive, env={"EDITOR": wrong}, expect=2)
        assert "cannot be started; set $EDITOR to another" in answer.err
    call(*games, cwd=archive, env={"EDITOR": "false"}, expect=2)
    assert "set $EDITOR" in call(*games, cwd=archive, env={"PATH": ""}, expect=2).err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://example.org/a?b=c", ""),
        ("javascript:alert(1)", "only http:// and https:// are opened"),
        ("file://host/etc/passwd", "only http:// and https:// are opened"),
        ("file:///etc/passwd", "only http:// and https:// are opened"),
        ("https:///nowhere", "only http:// and https:// are opened"),
        ("", "this article has no address"),
    ],
)
def test_the_page_of_an_article(monkeypatch: pytest.MonkeyPatch, url: str, said: str) -> None:
    from searcher import ArticleError
    from searcher.cli.open import _open_page

    seen: list[str] = []

    def browse(url: str) -> bool:
        seen.append(url)
        return True

    monkeypatch.setattr("webbrowser.open", browse)
    if said:
        with pytest.raises(ArticleError, match=said):
            _open_page(url)
        assert seen == []
    else:
        assert _open_page(url) == 0
        assert seen == [url]
