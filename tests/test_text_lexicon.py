"""The lexicon: entries, groups of synonyms, errors, and its use in an index."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from console import run
from library import article, build, found, ids
from timing import cpu_time

from searcher import LexiconError, build_index, open_index
from searcher.store.lexicon_file import write_lexicon_file
from searcher.text.folding import fold
from searcher.text.lexicon import MAX_LINE, Lexicon, load_lexicon
from searcher.text.segmenter import Additions, Segmenter

Write = Callable[[str], Path]


pytestmark = pytest.mark.usefixtures("few_names")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str) -> Path:
        path = tmp_path / "words.txt"
        path.write_text(text, "utf-8")
        return path

    return write_file


def group(lexicon: Lexicon, name: str) -> set[str]:
    return set(lexicon.groups.get(fold(name), ()))


# One entry


def test_a_word_alone(write: Write) -> None:
    lexicon = load_lexicon([write("云深处科技\n")])
    assert lexicon.words["云深处科技"] == (None, "n")
    assert "云深处科技" not in lexicon.groups
    assert Segmenter(lexicon).cut("云深处科技发布") == ["云深处科技", "发布"]


def test_frequency_and_tag_in_jieba_form(write: Write) -> None:
    lexicon = load_lexicon([write("冰墩墩 100 nz\n雪容融 nz\n量子芯片 7\n")])
    assert lexicon.words["冰墩墩"] == (100, "nz")
    assert lexicon.words["雪容融"] == (None, "nz")
    assert lexicon.words["量子芯片"] == (7, "n")


def test_groups(write: Write) -> None:
    lexicon = load_lexicon([write("甲城 ns = 乙城 = Jia City\n")])
    assert lexicon.groups["甲城"] == ("甲城", "乙城", "Jia City")
    assert lexicon.groups["乙城"] == lexicon.groups["jia city"] == lexicon.groups["甲城"]


def test_groups_that_share_a_name_become_one(write: Write) -> None:
    lexicon = load_lexicon([write("甲城 = 乙城\n丙城 = 丁城\n乙城 = 丁城\n")])
    for name in ("甲城", "乙城", "丙城", "丁城"):
        assert group(lexicon, name) == {"甲城", "乙城", "丙城", "丁城"}


def test_a_group_has_the_names_of_an_earlier_line_first(write: Write) -> None:
    lexicon = load_lexicon(
        [write("甲城 = 乙城\n丙城 = 丁城 = 戊城\n甲城 = 戊城 = 己城\n庚城 = 甲城\n")]
    )
    expected = ("甲城", "乙城", "丙城", "丁城", "戊城", "己城", "庚城")
    assert lexicon.groups["己城"] == expected


def test_a_name_is_shown_as_the_last_line_has_it(write: Write) -> None:
    lexicon = load_lexicon([write("甲城 = jia\n乙城 = Jia\n")])
    assert lexicon.groups["甲城"] == ("甲城", "Jia", "乙城")


@pytest.mark.parametrize("line", ["第{0}城 = 第{1}城\n", "第{1}城 = 第{0}城\n"])
def test_a_long_chain_takes_no_longer_than_as_many_groups(
    write: Write, tmp_path: Path, line: str
) -> None:
    """In either direction, read and written."""

    def work(step: int) -> float:
        file = write("".join(line.format(step * n, step * n + 1) for n in range(4000)))

        def load() -> None:
            lexicon = load_lexicon([file])
            write_lexicon_file(tmp_path / "a.lex", lexicon, Additions((), frozenset()))

        return cpu_time(load)

    assert work(1) < 5 * work(2)


def test_a_users_group_joins_the_programs(write: Write) -> None:
    lexicon = load_lexicon([write("普京 = 大帝普京\n")])
    assert group(lexicon, "普丁") == {"普京", "普丁", "Putin", "大帝普京"}


def test_phrases_with_spaces_and_dots(write: Write) -> None:
    lexicon = load_lexicon([write("冬·小镇 ns = Winter  Small Town = St. Winter\n")])
    assert lexicon.groups["冬·小镇"] == ("冬·小镇", "Winter Small Town", "St. Winter")
    # A last word that is no tag belongs to the name.
    assert group(load_lexicon([write("Old york = 大苹果\n")]), "大苹果") == {"Old york", "大苹果"}


def test_traditional_and_wide_forms_are_folded(write: Write) -> None:
    lexicon = load_lexicon([write("雲深處科技 ＝ x\n".replace("＝", "="))])
    assert "云深处科技" in lexicon.words
    assert lexicon.groups["云深处科技"] == ("雲深處科技", "x")


def test_comments_blank_lines_and_line_ends(write: Write) -> None:
    text = "\ufeff# 注\r\n\r\n  甲城  ns  # 城市\r\n\t\r\n乙城\r\n"
    assert {"甲城", "乙城"} <= load_lexicon([write(text)]).words.keys()


def test_later_entries_win(write: Write) -> None:
    assert load_lexicon([write("冰墩墩 5 n\n冰墩墩 9 nz\n")]).words["冰墩墩"] == (9, "nz")


def test_a_group_of_strings_adds_no_words(write: Write) -> None:
    plain = load_lexicon([write("")])
    lexicon = load_lexicon([write("国务院常务会议 x = 国常会 = 常会\n甲城 ns\n甲城 x = 乙城\n")])
    assert group(lexicon, "常会") == {"国务院常务会议", "国常会", "常会"}
    assert group(lexicon, "甲城") == {"甲城", "乙城"}
    assert lexicon.words == {**plain.words, "甲城": (None, "ns")}
    assert Segmenter(lexicon).cut("国务院常务会议") == ["国务院", "常务会议"]


def test_a_transliterated_name_has_no_parts(write: Write) -> None:
    by_tag = Segmenter(load_lexicon([write("北京斯坦 nsf\n")]))
    assert by_tag.parts("北京斯坦") == frozenset()
    plain = Segmenter(load_lexicon([write("北京新区 ns\n")]))
    assert (0, 2) in plain.parts("北京新区")


@pytest.mark.parametrize(
    "line", ["= 乙", "甲 =", "甲 = = 乙", "=", "==", "甲城 n =", "长" * (MAX_LINE + 1)]
)
def test_a_line_that_is_no_entry_is_named(write: Write, line: str) -> None:
    path = write(f"# 一\n云深处\n{line}\n")
    with pytest.raises(LexiconError) as caught:
        load_lexicon([path])
    assert str(caught.value).startswith(f"{path}:3: ")


def test_files_that_cannot_be_read(tmp_path: Path, write: Write) -> None:
    with pytest.raises(LexiconError, match="cannot read"):
        load_lexicon([tmp_path / "no.txt"])
    with pytest.raises(LexiconError):
        load_lexicon([tmp_path])
    path = write("")
    path.write_bytes("甲城".encode("gb18030"))
    with pytest.raises(LexiconError, match="UTF-8"):
        load_lexicon([path])


def test_odd_lines_do_no_harm(tmp_path: Path, write: Write) -> None:
    odd = ["甲\x1f乙", "\x1b[31m", "a" * 990, "😀", "𠮷", "\u200b", "-", "的"]
    names = [*odd, "乙城", "F-35", "丙" * 300]
    lines = [f"{name} = 笑{n}" for n, name in enumerate(names)]
    path = write("\n".join(["甲\x00城", "甲 = 甲", *lines]))
    made = [article(n, "要闻", f"{name}来了") for n, name in enumerate(names)]
    build(tmp_path, made, lexicon=path)
    with open_index(tmp_path / "index") as index:
        assert index.check() == []
        for number in (8, 9, 10):
            assert f"a{number:04}" in found(index, f"笑{number}"), names[number]
        assert found(index, '"😀"') == {"a0003"}


def test_the_fingerprint_follows_the_contents(write: Write) -> None:
    prints = [load_lexicon([write(text)]).fingerprint for text in ("甲城\n", "乙城\n", "甲城\n")]
    assert prints[0] == prints[2] != prints[1]
    assert load_lexicon().fingerprint not in prints


# With an index


def test_the_file_beside_the_corpus_is_used(own_news: Path) -> None:
    (own_news / "corpus" / "new.md").write_text(
        "---\ntitle: 云深处发布\n---\n云深处公司的新产品", "utf-8"
    )
    (own_news / "lexicon.txt").write_text("云深处 nt = 深云科技 = Deep Cloud\n", "utf-8")
    run("index", cwd=own_news, expect=0)
    answer = run("search", "Deep Cloud", "--json", cwd=own_news, expect=0)
    assert [hit["path"] for hit in answer.record["hits"]] == ["new.md"]
    assert run("search", "深云科技", "--no-aliases", cwd=own_news).code == 1


def test_a_line_that_is_no_entry_ends_indexing_with_its_place(own_news: Path) -> None:
    (own_news / "my.txt").write_text("云深处\n= 深云\n", "utf-8")
    answer = run("index", "--lexicon", "my.txt", cwd=own_news, expect=2)
    assert "my.txt:2:" in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_given_file_takes_the_place_of_the_one_beside(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("云深处来了", "utf-8")
    (tmp_path / "lexicon.txt").write_text("云深处 = 深云\n", "utf-8")
    (tmp_path / "other.txt").write_text("云深处 = 云企\n", "utf-8")
    build_index(corpus, tmp_path / "index", lexicon=tmp_path / "other.txt")
    with open_index(tmp_path / "index") as index:
        assert index.search("云企").total == 1
        assert index.search("深云").total == 0


def test_a_long_name_of_several_latin_words(tmp_path: Path) -> None:
    # With exponential backtracking this would not end.
    name = "pneumonoultramicroscopicsilicovolcanoconiosis disease"
    own = tmp_path / "own.txt"
    own.write_text(f"矽肺病 = {name}\n", "utf-8")
    build_index([article(1, "矿工的矽肺病")], tmp_path / "index", lexicon=own)
    with open_index(tmp_path / "index") as index:
        assert index.search("矽肺病").total == 1


def test_a_changed_lexicon_is_told_and_indexed_anew(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("云深处科技来了", "utf-8")
    lexicon = tmp_path / "lexicon.txt"
    build_index(corpus, tmp_path / "index")
    lexicon.write_text("云深处科技\n", "utf-8")
    assert build_index(corpus, tmp_path / "index").added == 1
    assert not build_index(corpus, tmp_path / "index").committed
    lexicon.write_text("云深处科技 = 深云\n", "utf-8")
    with open_index(tmp_path / "index") as index:
        results = index.search("云深处科技")
        assert results.total == 1
        assert any("lexicon" in note for note in results.notes)
    report = build_index(corpus, tmp_path / "index")
    assert (report.added, report.committed) == (1, True)
    with open_index(tmp_path / "index") as index:
        assert index.search("深云").notes == ()
        assert len(ids(index.search("深云"))) == 1


def test_a_vanished_lexicon_is_told_and_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "my.txt"
    path.write_text("云深处 = 深云\n", "utf-8")
    build(tmp_path, [article(1, "云深处")], lexicon=path)
    path.unlink()
    with open_index(tmp_path / "index") as index:
        results = index.search("深云 云深处")
        assert results.total == 1
        assert any("lexicon" in note for note in results.notes)


def test_a_lexicon_broken_after_indexing_is_a_clear_error_or_note(tmp_path: Path) -> None:
    path = tmp_path / "my.txt"
    path.write_text("云深处 = 深云\n", "utf-8")
    build(tmp_path, [article(1, "云深处拜登和普京")], lexicon=path)
    path.write_text("= = =\n", "utf-8")
    with open_index(tmp_path / "index") as index:
        assert index.search("云深处").total == 1
        with suppress(LexiconError):
            assert index.search("拜登会见普京").notes != ()
