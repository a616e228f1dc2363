"""Finding the words of a text cut by people."""

from pathlib import Path

import pytest

from searcher import Article, EvaluationError
from searcher.evaluation import words
from searcher.evaluation.searching import matching_ids, temporary_index
from searcher.evaluation.words import Judged, judge, measure_words, read_gold


def judged(word: str, *lines: str) -> tuple[set[str], set[str]]:
    """In which lines, numbered from 1, a word must be found, and in which not."""
    found = judge({str(number): line.split() for number, line in enumerate(lines, 1)})[word]
    return set(found.wanted), set(found.unwanted)


def test_both_ends_on_boundaries_must_be_found() -> None:
    assert judged("普京", "拜登 和 普京", "普京", "拜登") == ({"1", "2"}, set())


def test_also_when_it_is_cut_finer_there() -> None:
    assert judged("国防部", "国防部", "国防 部 长") == ({"1", "2"}, set())


def test_a_boundary_inside_must_not_be_found() -> None:
    assert judged("华人", "华人", "中华 人民") == ({"1"}, {"2"})


def test_one_end_on_a_boundary_is_not_enough() -> None:
    assert judged("人民", "人民", "个人 民主", "个 人 民主") == ({"1"}, {"2", "3"})


def test_inside_a_longer_word_is_not_judged() -> None:
    assert judged("部长", "部长", "国防部长", "国防部长 说") == ({"1"}, set())


def test_every_occurrence_must_be_crossed() -> None:
    lines = ("华人", "中华 人民", "中华 人民 华人", "中华 人民 华人街")
    assert judged("华人", *lines) == ({"1", "3"}, {"2"})


def test_only_words_of_two_to_six_han_characters_are_queries() -> None:
    lines = "我 们 我们 ５Ｇ F35 ２０２１年 中华人民共和 中华人民共和国 二〇二一"
    assert [*judge({"1": lines.split()})] == sorted(["我们", "中华人民共和", "二〇二一"])


def test_reading_gold_text(tmp_path: Path) -> None:
    path = tmp_path / "gold"
    path.write_text("\ufeff拜登  和  普京  \r\n\n视频\u3000通话\n", encoding="utf-8")
    assert read_gold(path) == {"1": ["拜登", "和", "普京"], "2": ["视频", "通话"]}
    path.write_text(" \n")
    with pytest.raises(EvaluationError, match="has no words"):
        read_gold(path)


GOLD = "华人 在 海外\n中华 人民 站 起来\n国防部长 说\n部长 说\n"


def test_the_real_index_finds_them(tmp_path: Path) -> None:
    path = tmp_path / "gold"
    path.write_text(GOLD, encoding="utf-8")
    figures = measure_words(path)
    assert (figures.articles, figures.words) == (4, 7)
    assert (figures.wanted, figures.unwanted) == (7, 1)
    assert (figures.precision, figures.recall, figures.f1) == (1, 1, 1)
    assert not figures.missed | figures.false


def test_figures_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gold"
    path.write_text(GOLD, encoding="utf-8")
    answers = {"海外": set[str](), "华人": {"1", "2"}, "部长": {"3", "4"}, "国防部长": {"3", "1"}}
    standing = {"中华": {"2"}, "人民": {"2"}, "起来": {"2"}}
    monkeypatch.setattr(words, "matching_ids", lambda _, word: (answers | standing)[word])
    figures = measure_words(path)
    # 海外 is lost and 华人 is found in 中华人民; 部长 in 国防部长 counts neither way.
    assert figures.missed == {"海外": {"1"}}
    assert figures.false == {"华人": {"2"}}
    assert figures.recall == 6 / 7
    assert figures.precision == 6 / 7
    assert figures.f1 == pytest.approx(6 / 7)


def test_words_that_are_found_only_apart_are_not_found() -> None:
    articles = [Article(id_, id_, "", f"总统{id_}。") for id_ in ("拜登", "普京")]
    with temporary_index(articles) as index:
        assert index.search("拜登 普京").relaxed == 2
        assert matching_ids(index, "拜登 普京") == set()
        assert matching_ids(index, "拜登") == {"拜登"}
        assert matching_ids(index, "总统") == {"拜登", "普京"}


def test_a_word_with_nothing_to_judge_is_still_a_word() -> None:
    assert judge({"1": ["普京"]}) == {"普京": Judged(frozenset("1"), frozenset())}
