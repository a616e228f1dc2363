"""Runs, the tokens that are not Han words: their terms and parts, and what finds them."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from library import article, build, found
from texts import RUNS, texts

from searcher import Index, open_index
from searcher.text.folding import fold
from searcher.text.runs import MAX_RUN, RUN, parse_run


def term_and_parts_of(written: str) -> tuple[str, ...]:
    """The term and the parts of one run."""
    match = RUN.fullmatch(fold(written))
    assert match is not None, written
    run = parse_run(match.group())
    return run.term, *run.parts


@pytest.mark.parametrize(
    ("written", "term_and_parts"),
    [
        ("F-35", ("f35",)),
        ("F35", ("f35",)),
        ("Ｆ－３５", ("f35",)),
        ("SK-II", ("skii", "sk", "ii")),
        ("COVID-19", ("covid19", "covid")),
        ("PM2.5", ("pm2.5", "pm")),
        ("5G", ("5g",)),
        ("C919", ("c919",)),
        ("3.6.3", ("3.6.3",)),
        ("17.5万", ("17.5万", "17.5")),
        ("12%", ("12%", "12")),
        ("3‰", ("3‰", "3")),
        ("100万亿", ("100万亿", "100")),
        ("1,234,567", ("1234567",)),
        ("1,234万", ("1234万", "1234")),
        ("2021年12月5日", ("2021年12月5日", "2021年12月", "12月5日", "2021年", "12月", "5日")),
        ("2021年12月", ("2021年12月", "2021年", "12月")),
        ("12月5日", ("12月5日", "12月", "5日")),
        ("2021年", ("2021年",)),
        ("3月", ("3月",)),
        ("3月份", ("3月份", "3月")),
        ("O'Brien", ("obrien", "brien")),
        ("AT&T", ("att", "at")),
        ("C++", ("c++",)),
        ("iPhone14", ("iphone14", "iphone")),
    ],
)
def test_golden(written: str, term_and_parts: tuple[str, ...]) -> None:
    assert term_and_parts_of(written) == term_and_parts


@pytest.mark.parametrize("written", ["80后", "2021年度", "90年代", "5号线", "10日元", "30分钟"])
def test_a_unit_that_begins_a_word_makes_no_date(written: str) -> None:
    match = RUN.match(written)
    assert match is not None
    assert match.group().isdigit()


@pytest.mark.parametrize("written", ["a", "1a", "a1.", "a+", "1,111", "1.1", "a-"])
def test_almost_a_run_is_told_in_linear_time(written: str) -> None:
    # With exponential backtracking this would not end.
    assert RUN.fullmatch(written * 1000 + " x") is None


@pytest.mark.parametrize("piece", ["a", "7", "a-", "a1.1", "1.", "1,111", "1十万", "a'b_", "c++"])
def test_no_run_is_longer_than_a_few_thousand_characters(piece: str) -> None:
    """A file without blanks, as encoded pictures are, takes no more memory for it."""
    text = f"1{piece * 20_000}"
    lengths = [len(found.group()) for found in RUN.finditer(text)]
    assert max(lengths) < 40 * MAX_RUN
    assert sum(lengths) > len(text) // 3


def test_a_long_word_goes_on_as_the_next() -> None:
    text = "a" * (MAX_RUN + 5)
    assert [found.group() for found in RUN.finditer(text)] == ["a" * MAX_RUN, "a" * 5]


@given(texts())
def test_runs_of_any_text(text: str) -> None:
    folded = fold(text)
    covered = 0
    for match in RUN.finditer(folded):
        written = match.group()
        run = parse_run(written)
        assert written, "never empty"
        assert run.term
        assert run.term not in run.parts
        assert all(run.parts)
        assert len(set(run.parts)) == len(run.parts)
        assert all(0 < place < len(written) for place in run.inner_boundaries)
        assert list(run.inner_boundaries) == sorted(set(run.inner_boundaries))
        assert RUN.fullmatch(run.term), "a term is read as a run again"
        assert parse_run(run.term).term == run.term, "and stays what it is"
        covered += sum(c.isalnum() or c == "_" for c in written)
    han = set("".join(map(chr, range(0x3400, 0xA000)))) | set("々〇")
    left = [c for c in RUN.sub("", folded) if c.isdigit() and c not in han]
    assert left == [], "no digit is left outside of the runs"


TEXTS = {
    "f-35": "芬兰订购了F-35战斗机",
    "f35": "瑞士订购了F35战斗机",
    "f-35a": "挪威订购了F-35A战斗机",
    "35": "共有35人到场",
    "sk-ii": "化妆品SK-II涨价",
    "covid": "COVID-19疫情",
    "pm": "空气中PM2.5超标",
    "5g": "５Ｇ网络覆盖",
    "c919": "国产大飞机C919首飞",
    "version": "发布3.6.3版本",
    "17.5": "俄军集结17.5万人",
    "12%": "增长１２％",
    "day": "2021年12月5日举行",
    "month": "2021年12月举行",
    "zero": "2021年12月15日举行",
    "march": "3月举行",
    "mail": "请写信给zhang.san@example.com索取",
    "url": "详见https://news.example.com/a/b.html?id=3。",
    "name": "乔·拜登发表讲话",
    "other": "乔治会见拜登",
    "percent": "约占12.5%",
    "thousands": "共1,234,567人",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("runs")
    made = [article(n, "报道", text, author=name) for n, (name, text) in enumerate(TEXTS.items())]
    build(folder, made)
    with open_index(folder / "index") as opened:
        yield opened


NAMES = list(TEXTS)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("F-35", "f-35 f35"),
        ("F35", "f-35 f35"),
        ("ｆ３５", "f-35 f35"),
        ("F-35A", "f-35a"),
        ("F35A", "f-35a"),
        ("35", "35"),
        ("F", ""),
        ("F-3*", "f-35 f35 f-35a"),
        ("SK-II", "sk-ii"),
        ("SKII", "sk-ii"),
        ("sk", "sk-ii"),
        ("COVID-19", "covid"),
        ("covid19", "covid"),
        ("COVID", "covid"),
        ("COVID-*", "covid"),
        ("19", ""),
        ("PM2.5", "pm"),
        ("pm", "pm"),
        ("2.5", ""),
        ("5G", "5g"),
        ("5", ""),
        ("C919", "c919"),
        ("919", ""),
        ("3.6.3", "version"),
        ("3.6", ""),
        ("3.6*", "version"),
        ("17.5万", "17.5"),
        ("17.5", "17.5"),
        ("17", ""),
        ("12%", "12%"),
        ("12", "12%"),
        ("12.5%", "percent"),
        ("2021年12月5日", "day"),
        ("2021年12月", "day month zero"),
        ("12月5日", "day"),
        ("12月", "day month zero"),
        ("5日", "day"),
        ("2021年", "day month zero"),
        ("2021年1*", "day month zero"),
        ("3月", "march"),
        ("zhang.san@example.com", "mail"),
        ("example.com", "mail url"),
        ("zhang", "mail"),
        ("san@example", "mail"),
        ("https://news.example.com/a/b.html?id=3", "url"),
        ("news.example.com", "url"),
        ("乔·拜登", "name"),
        ("乔•拜登", "name"),
        ("1234567", "thousands"),
        ("1,234,567", "thousands"),
        ("234", ""),
    ],
)
def test_found_whole_and_by_parts(index: Index, query: str, names: str) -> None:
    got = {NAMES[int(id_[1:])] for id_ in found(index, query, aliases=False)}
    assert got == set(names.split())


@pytest.mark.parametrize("written", RUNS)
def test_every_run_finds_itself(written: str, index: Index) -> None:
    """What is written is found unquoted, too, where a query can say it at all."""
    assert index.highlight(written.replace("*", ""), f"今天{written}的报道") != ()
