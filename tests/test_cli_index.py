"""``searcher index`` in processes of its own."""

import re
from pathlib import Path

import pytest
from console import ROOT, call, run

SUMMARY = re.compile(
    r"(\d+) added, (\d+) changed, (\d+) removed, (\d+) unchanged, (\d+) skipped, "
    r"(\d+) problems?; [\d.]+ s"
)


def counts(err: str) -> tuple[int, ...]:
    found = SUMMARY.match(err.splitlines()[-1])
    assert found, err
    return tuple(map(int, found.groups()))


def test_what_is_new_changed_and_gone(own_news: Path) -> None:
    first = run("index", cwd=own_news, expect=0)
    assert counts(first.err) == (4, 0, 0, 0, 0, 1)
    assert "articles/s" in first.err
    assert first.out == ""

    (own_news / "corpus/rates.md").unlink()
    changed = own_news / "corpus/call.md"
    changed.write_text(changed.read_text(encoding="utf-8") + "<p>补充报道。</p>", encoding="utf-8")
    (own_news / "corpus/new.txt").write_text("新的文章\n\n普京说话。", encoding="utf-8")
    assert counts(call("index", cwd=own_news, expect=0).err) == (1, 1, 1, 2, 0, 0)
    assert call("search", "补充报道", "--count", cwd=own_news).out == "1\n"
    assert call("search", "基准利率", "--count", cwd=own_news).code == 1


def test_nothing_changed_nothing_written(own_news: Path) -> None:
    call("index", cwd=own_news, expect=0)

    def state() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.stat().st_size)
            for path in (own_news / "index").rglob("*")
        }

    before = state()
    assert before
    assert counts(call("index", cwd=own_news, expect=0).err) == (0, 0, 0, 4, 0, 0)
    assert state() == before


def test_rebuild(own_news: Path) -> None:
    call("index", cwd=own_news, expect=0)
    assert counts(call("index", "--rebuild", cwd=own_news, expect=0).err)[0] == 4


def test_folders_by_argument_and_by_variable(own_news: Path, tmp_path: Path) -> None:
    (own_news / "more").mkdir()
    (own_news / "more/a.txt").write_text("另一个文件夹", encoding="utf-8")
    both = call("index", "corpus", "more", "--index", "both", cwd=own_news, expect=0)
    assert counts(both.err)[0] == 5
    variables = {"SEARCHER_CORPUS": "more", "SEARCHER_INDEX": "named"}
    assert counts(call("index", cwd=own_news, env=variables, expect=0).err)[0] == 1
    assert (tmp_path / "named").is_dir()


def test_problems_are_reported_and_the_rest_goes_on(own_news: Path) -> None:
    (own_news / "corpus/bad-date.md").write_text(
        "---\ntitle: 日期不对\ndate: Invalid Date\n---\n正文还在。", encoding="utf-8"
    )
    (own_news / "corpus/picture.md").write_bytes(bytes(range(256)) * 40)
    answer = call("index", cwd=own_news, expect=0)
    assert counts(answer.err) == (5, 0, 0, 0, 1, 3)
    lines = answer.err.splitlines()
    assert sorted(line.partition(":")[0] for line in lines[:-1]) == [
        *("bad-date.md", "picture.md", "steering.md")
    ]
    assert call("search", "日期不对", "--count", cwd=own_news).out == "1\n"


def test_strict(own_news: Path) -> None:
    (own_news / "corpus/steering.md").unlink()
    call("index", "--strict", cwd=own_news, expect=0)
    (own_news / "corpus/picture.md").write_bytes(bytes(range(256)) * 40)
    call("index", "--strict", cwd=own_news, expect=2)
    # It is not read again, but it is still not in the index.
    call("index", "--strict", cwd=own_news, expect=2)


def test_a_file_name_that_would_steer_the_terminal(own_news: Path) -> None:
    (own_news / "corpus/evil\x1b[31m.md").write_bytes(bytes(range(256)) * 40)
    assert "\x1b" not in call("index", cwd=own_news, expect=0).err


@pytest.mark.parametrize("arguments", [["nowhere"], ["corpus/call.md/x"]])
def test_no_such_folder(own_news: Path, arguments: list[str]) -> None:
    answer = call("index", *arguments, cwd=own_news, expect=2)
    assert answer.err.startswith("searcher: ")
    assert len(answer.err.splitlines()) == 1


def test_a_folder_with_something_else_is_not_overwritten(own_news: Path) -> None:
    answer = call("index", "--index", "corpus", cwd=own_news, expect=2)
    assert len(answer.err.splitlines()) == 1
    assert (own_news / "corpus/call.md").exists()


def test_jobs_do_not_change_the_result(own_news: Path) -> None:
    call("index", "--index", "one", "--jobs", "1", cwd=own_news, expect=0)
    call("index", "--index", "two", "-j2", cwd=own_news, expect=0)
    one = call("search", "普京", "--json", "--index", "one", cwd=own_news).record["hits"]
    assert call("search", "普京", "--json", "--index", "two", cwd=own_news).record["hits"] == one


def test_lexicon(own_news: Path) -> None:
    (own_news / "words.txt").write_text("视频通话 = 云会晤\n", encoding="utf-8")
    call("index", "--lexicon", "words.txt", cwd=own_news, expect=0)
    assert call("search", "云会晤", "--files", cwd=own_news, expect=0).out == "corpus/call.md\n"
    assert call("search", "云会晤", "--no-aliases", "--count", cwd=own_news).out == "0\n"


def test_the_corpus_that_ships(tmp_path: Path) -> None:
    if not (ROOT / "corpus").is_dir() or not any((ROOT / "corpus").iterdir()):
        pytest.skip("no sample corpus in this checkout")
    call("index", str(ROOT / "corpus"), cwd=tmp_path, expect=0)
    found = call("search", "拜登 普京", "--json", cwd=tmp_path, expect=0).record
    assert "普京" in found["hits"][0]["title"]
