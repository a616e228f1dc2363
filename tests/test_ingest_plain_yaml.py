"""Front matter and Markdown that are plain are read as the parsers read them."""

from hypothesis import given
from hypothesis import strategies as st
from library import CORPUS

from searcher.ingest import markdown
from searcher.ingest.front_matter import split_front_matter
from searcher.ingest.html import html_to_text
from searcher.ingest.markdown import markdown_to_text
from searcher.ingest.markdown_dialects import without_dialects
from searcher.ingest.plain_yaml import read_plain_yaml
from searcher.ingest.yaml_block import _load

_SIGNS = """ :: , ' " - , [ ] { ? ! & * | > % @ ~ null = ` # \\ """.split()
_ODD = [" ", ":", ": ", "- ", "\t", "\u3000", "\x85", "\u2028", "\ufeff", "é", "😀"]
_WORDS = ["央行", "降准", "a", "5", "2021-12-05 02:37", "https://example.com/a?b=1"]

texts = st.lists(st.sampled_from([*_SIGNS, *_ODD, *_WORDS]), max_size=5).map("".join)
values = st.one_of(
    texts,
    texts.map(lambda text: f"'{text}'"),
    texts.map(lambda text: f'"{text}"'),
    st.lists(texts, max_size=3).map(lambda all_: "".join(f"\n - {text}" for text in all_)),
    st.lists(texts, max_size=3).map(lambda all_: "".join(f"\n- '{text}'" for text in all_)),
)
keys = st.sampled_from(["title", "Date", "tags", "a_1", "null", "标题", "a b", "- a", "  c", ""])
blocks = st.lists(st.tuples(keys, st.sampled_from([": ", ":", ":  "]), values), max_size=4).map(
    lambda entries: "".join(f"{key}{colon}{value}\n" for key, colon, value in entries)
)


@given(blocks)
def test_what_is_read_without_a_parser_is_what_the_parser_reads(block: str) -> None:
    found = read_plain_yaml(block)
    if found is not None:
        assert (found or None) == _load(block)


def test_common_blocks_need_no_parser() -> None:
    block = (
        "title: '降准了: 央行'\ncategories: \n - 传统媒体\n - \"央视\"\n"
        "date: Sun, 02 Jun 2024 07:37:18 GMT\ncomments: false\nempty:\nnone: null\n"
        "headimg: 'https://example.com/a?b=1'\ntags:\n- 一\n"
    )
    assert read_plain_yaml(block) == _load(block)
    for unlike in (
        "a: b\n  c",
        "a: [b]",
        "a: |\n b",
        "a: b: c",
        "a: b # c",
        "- a",
        "a: *b",
        "a: &b",
    ):
        assert read_plain_yaml(unlike) is None


_LINE_PIECES = (
    "央行降准|a b|5 |1.|1)|#|-|=|+|*|> |  |    |\t|，|。|\u3000|~|&amp;|<b>|!|[|]|`|'|\"|:|$".split(
        "|"
    )
)
lines = st.lists(st.sampled_from([*_LINE_PIECES, "|"]), max_size=4).map("".join)


@given(st.lists(lines, max_size=6).map("\n".join))
def test_plain_markdown_is_read_as_the_parser_reads_it(source: str) -> None:
    assert markdown_to_text(source) == html_to_text(markdown._to_html(without_dialects(source)))


def test_plain_paragraphs_need_no_parser() -> None:
    source = "　　央行降准\n0.5个百分点, 约“1.2万亿”.\n \n普京 (F-35) 说\n"
    assert markdown._MARK.search(source) is None
    assert markdown_to_text(source).text == "央行降准 0.5个百分点, 约“1.2万亿”.\n普京 (F-35) 说"


def test_the_sample_corpus_is_read_as_the_parser_reads_it() -> None:
    for path in CORPUS.rglob("*.md"):
        text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        body = without_dialects(split_front_matter(text).body)
        assert markdown_to_text(body) == html_to_text(markdown._to_html(body))
