"""The commands by which an archive grows: add, remove, sources, and what index refuses."""

import json
import os
import shutil
from pathlib import Path

import pytest
from console import call, run


@pytest.fixture
def news(own_news: Path) -> Path:
    """A folder with ``corpus/`` and ``index/``, and an article elsewhere."""
    call("index", cwd=own_news, expect=0)
    text = "---\ntitle: 新西兰大选\n---\n新西兰举行大选。"
    (own_news / "one.md").write_text(text, "utf-8")
    return own_news


def files(news: Path, query: str = "*") -> set[str]:
    """The paths of the index, without the folder of the corpus."""
    shown = call("search", query, "--files", "--strict", "--limit", "99", cwd=news).out.splitlines()
    return {path.removeprefix("corpus/") for path in shown}


def test_add_and_remove(news: Path) -> None:
    before = files(news)
    assert run("add", "one.md", cwd=news, expect=0).err.startswith("1 added, 0 changed")
    assert files(news, "新西兰") == {"one.md"}
    assert call("add", str(news / "one.md"), cwd=news, expect=0).err.startswith(
        "0 added, 1 changed"
    )
    call("index", cwd=news, expect=0)
    assert files(news) == before | {"one.md"}
    assert call("remove", "one.md", "call.md", cwd=news, expect=0).err == "2 articles removed\n"
    call("index", "--rebuild", cwd=news, expect=0)
    assert files(news) == before - {"call.md"}
    call("add", "corpus/call.md", cwd=news, expect=0)
    assert files(news) == before


def test_remove_by_query(news: Path) -> None:
    call("add", "one.md", cwd=news, expect=0)
    answer = call("remove", "--query", "新西兰", cwd=news, expect=0)
    assert answer.err == "1 article removed\n"
    assert call("remove", "--query", "新西兰", cwd=news, expect=1).err.startswith("0 articles")
    assert call("remove", "nowhere.md", cwd=news, expect=1).err.startswith("0 articles")


@pytest.mark.parametrize("arguments", [(), ("a", "--query", "b"), ("--query", " ")])
def test_remove_what(news: Path, arguments: tuple[str, ...]) -> None:
    before = files(news)
    assert "--query" in call("remove", *arguments, cwd=news, expect=2).err
    assert files(news) == before


@pytest.mark.parametrize(
    ("name", "message"), [("corpus", "is a folder"), ("no.md", "no file"), ("x.pdf", "ending")]
)
def test_add_what_is_no_file_of_articles(news: Path, name: str, message: str) -> None:
    (news / "x.pdf").touch()
    assert message in call("add", name, cwd=news, expect=2).err


def test_add_what_cannot_be_read(news: Path) -> None:
    (news / "one.md").write_bytes(bytes(range(256)) * 40)
    answer = call("add", "one.md", cwd=news, expect=2)
    assert answer.err.startswith("one.md: ")


def test_fields_of_another_form(news: Path) -> None:
    assert "--fields" in call("add", "one.md", "--fields", "title", cwd=news, expect=2).err


def test_other_sources_are_not_replaced(news: Path) -> None:
    (news / "more").mkdir()
    shutil.copy(news / "one.md", news / "more")
    before = files(news)
    answer = call("index", "more", cwd=news, expect=2)
    for word in ("corpus", "--add", "--replace"):
        assert word in answer.err
    assert files(news) == before
    assert "1 added" in call("index", "more", "--add", cwd=news, expect=0).err
    assert files(news) == before | {"more/one.md"}
    call("index", "corpus", "more", cwd=news, expect=0)
    replaced = call("index", "more", "--replace", cwd=news, expect=0)
    assert f"{len(before)} removed" in replaced.err
    assert files(news) == {"more/one.md"}


def test_sources(news: Path) -> None:
    answer = call("sources", cwd=news, expect=0)
    assert answer.out.split() == ["corpus", "4", str(news / "corpus")]
    (news / "corpus").rename(news / "moved")
    assert "kept" in call("index", cwd=news, expect=0).err
    assert "searcher sources move corpus" in call("index", "moved", cwd=news, expect=2).err
    call("sources", "move", "corpus", "moved", cwd=news, expect=0)
    assert "0 added, 0 changed, 0 removed, 4 unchanged" in call("index", cwd=news, expect=0).err
    (source,) = call("sources", "--json", cwd=news, expect=0).record["sources"]
    assert source["where"] == str(news / "moved")
    assert "no source" in call("sources", "remove", "more", cwd=news, expect=2).err
    assert "4 articles removed" in call("sources", "remove", "corpus", cwd=news, expect=0).err
    assert call("sources", cwd=news, expect=0).out.strip() == ""


@pytest.mark.parametrize("arguments", [("move",), ("move", "a"), ("remove",), ("drop", "a")])
def test_sources_and_what_else(news: Path, arguments: tuple[str, ...]) -> None:
    assert "write: searcher sources" in call("sources", *arguments, cwd=news, expect=2).err


def test_most_articles_are_not_removed_by_mistake(own_news: Path) -> None:
    corpus = own_news / "corpus"
    for number in range(100):
        (corpus / f"{number}.md").write_text(f"# 第{number}篇\n\n正文", "utf-8")
    call("index", cwd=own_news, expect=0)
    for path in list(corpus.rglob("*.md"))[:60]:
        path.unlink()
    for arguments in ((), ("--rebuild",)):
        answer = call("index", *arguments, cwd=own_news, expect=2)
        assert "60 of 104" in answer.err
        assert "--replace" in answer.err
    assert call("search", "*", "--count", cwd=own_news).out == "104\n"
    assert "60 removed" in call("index", "--replace", cwd=own_news, expect=0).err


# What is read


def test_what_is_left_out_is_counted(own_news: Path) -> None:
    corpus = own_news / "corpus"
    for name in ("a.pdf", "b.PDF", "c.docx", "LICENSE", ".hidden.pdf"):
        (corpus / name).touch()
    answer = call("index", cwd=own_news, expect=0)
    assert "left out: 2 .pdf, " in answer.err
    assert "1 .docx" in answer.err
    assert "1 without an ending" in answer.err


def test_patterns_are_kept(own_news: Path) -> None:
    corpus = own_news / "corpus"
    for name in ("drafts/a.md", "b.md", "c.txt", "sub/d.md", "sub/e.md"):
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_text(f"# {name}\n\n正文", "utf-8")
    (corpus / "sub" / ".searcherignore").write_text("*.md\n!d.md\n")
    call("index", "--exclude", "drafts/", "--exclude", "call*", cwd=own_news, expect=0)
    first = files(own_news)
    assert {"b.md", "c.txt", "sub/d.md"} <= first
    assert not first & {"drafts/a.md", "sub/e.md", "call.md"}
    call("index", cwd=own_news, expect=0)
    assert files(own_news) == first
    call("index", "--exclude", "b.md", "--glob", "/*.md", "--glob", "drafts", cwd=own_news)
    assert "call.md" in files(own_news)
    assert "drafts/a.md" in files(own_news)
    assert not files(own_news) & {"b.md", "c.txt", "sub/d.md"}
    assert "stars" in call("index", "--exclude", "*a" * 20, cwd=own_news, expect=2).err


def test_links_out_of_the_folder(own_news: Path) -> None:
    (own_news / "outside").mkdir()
    shutil.copy(own_news / "corpus" / "call.md", own_news / "outside" / "x.md")
    (own_news / "corpus" / "link").symlink_to(own_news / "outside")
    answer = call("index", cwd=own_news, expect=0)
    assert "1 links that lead out" in answer.err
    assert "link/x.md" not in files(own_news)
    call("index", "--follow", cwd=own_news, expect=0)
    assert "link/x.md" in files(own_news)


def test_folders_without_articles(own_news: Path) -> None:
    (own_news / "empty").mkdir()
    assert "is empty" in call("index", "empty", "--index", "a", cwd=own_news, expect=2).err
    (own_news / "pdfs").mkdir()
    (own_news / "pdfs" / "a.pdf").touch()
    answer = call("index", "pdfs", "--index", "b", cwd=own_news, expect=2)
    assert "no file that can be read" in answer.err
    assert "left out: 1 .pdf" in answer.err
    answer = call("index", "pdfs/a.pdf", "--index", "c", cwd=own_news, expect=2)
    assert "is a file" in answer.err
    assert not (own_news / "c").exists()


def test_a_file_is_a_source(news: Path) -> None:
    assert "1 added" in call("index", "one.md", "--add", cwd=news, expect=0).err
    assert "one.md" in files(news)
    (news / "one.md").write_text("# 澳大利亚\n\n正文", "utf-8")
    assert "1 changed" in call("index", cwd=news, expect=0).err


def test_the_index_in_the_folder_of_the_articles(own_news: Path) -> None:
    for _ in range(2):
        answer = call("index", ".", "--index", "index", cwd=own_news, expect=0)
        assert ".seg" not in answer.err


def test_a_corrected_text_of_the_same_size_and_time(own_news: Path) -> None:
    path = own_news / "corpus" / "same.md"
    for text in ("普京来访。", "拜登来访。"):
        path.write_text(f"# 甲\n\n{text}\n", "utf-8")
        os.utime(path, ns=(10**18, 10**18))
        call("index", cwd=own_news, expect=0)
    assert "same.md" in files(own_news, "拜登来访")
    assert "same.md" not in files(own_news, "普京来访")


def test_watching_needs_a_package(own_news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "watchfiles", None)
    answer = call("index", "--watch", cwd=own_news, expect=2)
    assert "pip install" in answer.err
    assert not (own_news / "index").exists()


def test_json_of_sources_is_one_object(news: Path) -> None:
    record = json.loads(call("sources", "--json", cwd=news, expect=0).out)
    assert [source["articles"] for source in record["sources"]] == [4]
