import io
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.article import Article, make_id
from searcher.errors import ArticleError
from searcher.ingest import records
from searcher.ingest.records import RecordKind, read_record_stream, read_records
from searcher.ingest.walk import Problem

BULK = Path(__file__).parents[2] / "shared" / "data" / "bulk.jsonl"


def read(
    data: str | bytes, kind: RecordKind | None = None, fields: dict[str, str] | None = None
) -> list[Article | Problem]:
    raw = data if isinstance(data, bytes) else data.encode()
    return list(read_record_stream(io.BytesIO(raw), name="n", kind=kind, fields=fields))


def articles(data: str | bytes, kind: RecordKind | None = None) -> list[Article]:
    found = read(data, kind)
    assert [problem for problem in found if isinstance(problem, Problem)] == []
    return [article for article in found if isinstance(article, Article)]


def titles(found: list[Article | Problem]) -> list[str]:
    return [each.title if isinstance(each, Article) else "!" for each in found]


WHOLE = Article(
    id=make_id("n#7"),
    path="n#7",
    title="题",
    body="一\n二",
    date=datetime(2021, 12, 5, tzinfo=timezone.utc),
    author="甲、乙",
    source="社",
    categories=("国际", "美国"),
    url="https://a.cn/1",
)


@pytest.mark.parametrize(
    "line",
    [
        """{"title": "题", "body": "一\\n二", "date": "2021-12-05", "author": ["甲", "乙"],
        "source": "社", "tags": ["国际", "美国"], "url": "https://a.cn/1", "id": 7}""",
        """{"headline": "题", "content": "<p>一</p><p>二</p>", "pubDate": 1638662400,
        "authors": [{"name": "甲"}, {"name": "乙"}], "source": {"name": "社"},
        "categories": "国际,美国", "link": "https://a.cn/1", "guid": "7"}""",
        """{"标题": "题", "正文": ["一", "二"], "时间": "2021年12月5日", "作者": "甲、乙",
        "来源": "社", "标签": ["国际", "美国"], "链接": "https://a.cn/1", "id": "7"}""",
        """{"title": {"rendered": "题"}, "content": {"rendered": "一<br>二"},
        "date_published": "2021-12-05T00:00:00Z", "author": "甲、乙", "publisher": "社",
        "tags": [{"name": "国际"}, {"name": "美国"}], "url": "https://a.cn/1", "_id": 7}""",
    ],
)
def test_usual_names_of_fields(line: str) -> None:
    assert articles(line) == [WHOLE]


def test_named_fields() -> None:
    line = '{"title": "编号", "a": {"b": "题"}, "t2": "文", "when": "2021-12-05"}'
    fields = {"title": "a.b", "body": "t2", "date": "when"}
    found = read(line, fields=fields)[0]
    assert isinstance(found, Article)
    assert (found.title, found.body) == ("题", "文")
    assert found.date == WHOLE.date


def test_a_field_that_there_is_not() -> None:
    with pytest.raises(ArticleError, match="no field is called 'headline'; the fields are title"):
        read("{}", fields={"headline": "title"})


ONE, TWO = '{"title": "甲", "body": "一"}', '{"title": "乙", "body": "二"}'


@pytest.mark.parametrize(
    "data",
    [
        f"{ONE}\n{TWO}\n",
        f"\ufeff{ONE}\r\n\r\n{TWO}",
        f"[{ONE}, {TWO}]",
        f"[\n  {ONE},\n  {TWO},\n]",
        f"{ONE} {TWO}",
        f'{{"articles": [{ONE}, {TWO}]}}',
        f'{{"status": "ok", "title": "x", "data": {{"n": 2, "items": [{ONE}, {TWO}]}}, "z": 1}}',
        "title,body\n甲,一\n乙,二\n",
        "正文;标题\n一;甲\n二;甲乙\n".replace("甲乙", "乙"),
        "title\tbody\r\n甲\t一\r\n\r\n乙\t二",
        '\ufefftitle,body\n"甲","一"\n乙,二',
        "<rss><channel><item><title>甲</title><description>一</description></item>"
        "<item><title>乙</title><description>二</description></item></channel></rss>",
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>甲</title>'
        "<content>一</content></entry><entry><title>乙</title><summary>二</summary></entry></feed>",
    ],
)  # fmt: skip
def test_the_same_from_every_kind(data: str) -> None:
    found = articles(data)
    assert [(article.title, article.body) for article in found] == [("甲", "一"), ("乙", "二")]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_tables_in_other_encodings(encoding: str) -> None:
    table = "title,body\n中国人民银行,央行宣布下调存款准备金率\n"
    assert articles(table.encode(encoding), "csv")[0].title == "中国人民银行"


def test_lines_in_another_encoding() -> None:
    line = '{"title": "中国人民银行", "body": "央行宣布下调存款准备金率"}'
    assert titles(read(line.encode("gb18030") + b"\n" + ONE.encode())) == ["中国人民银行", "甲"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (f"{ONE}\nbroken\n[1]\n{{}}\n{TWO}", ["甲", "!", "!", "!", "乙"]),
        (f'[{ONE}, {{"title": "x" "y"}}, {TWO}]', ["甲", "!", "乙"]),
        (f"[{ONE}, 5, {TWO}]", ["甲", "!", "乙"]),
        (f"[{ONE}, {TWO}", ["甲", "乙", "!"]),
        (f'[{ONE}, {{"title": "x', ["甲", "!", "!"]),
        ("a,b\n1,2\n", ["!"]),
        ("title,body\n甲,一,二\n乙\n", ["甲", "乙"]),
        ("<rss><channel><item><title>甲</title></item><item><title>", ["甲", "!"]),
        ("<html><body>甲</body></html>", ["!"]),
        ("正文", ["!"]),
        ("", ["!"]),
        ("[]", []),
        ("[" * 100_000, ["!", "!"]),
    ],
)
def test_broken_records_are_said_and_the_rest_goes_on(data: str, expected: list[str]) -> None:
    found = read(data)
    assert titles(found)[: len(expected)] == expected
    assert all("\n" not in each.message for each in found if isinstance(each, Problem))


def test_a_row_that_is_too_long_is_said() -> None:
    found = articles("title,body\n甲,一,二\n")[0]
    assert found.problems == ("3 columns where the first line has 2",)


def test_keys() -> None:
    lines: list[dict[str, object]] = [
        {"id": "a"},
        {"guid": "b"},
        {"url": "https://a.cn/1"},
        {},
        {"id": "a"},
        {"id": 0},
    ]
    data = "\n".join(json.dumps({"title": "题"} | line) for line in lines)
    paths = [article.path for article in articles(data)]
    assert paths == ["n#a", "n#b", "n#https://a.cn/1", "n#4", "n#a~2", "n#0"]
    assert len({article.id for article in articles(data)}) == len(lines)


def test_a_title_is_made_of_the_text_where_there_is_none() -> None:
    text = "央行周五宣布降准。" + "释放长期资金约一万亿元，" * 20
    assert articles(json.dumps({"body": text}))[0].title == "央行周五宣布降准"
    assert articles(json.dumps({"body": "<h1>题</h1><p>文"}))[0].title == "题"


def test_text_with_references_and_inline_tags() -> None:
    assert articles(json.dumps({"body": "一&nbsp;<b>二</b>\n三"}))[0].body == "一 二\n三"
    assert articles(json.dumps({"body": "5 < 6 &amp; 7\n三"}))[0].body == "5 < 6 & 7\n三"


def test_the_date_in_an_address() -> None:
    found = articles('{"title": "题", "url": "https://a.cn/2021/12/05/a.html"}')[0]
    assert found.date == WHOLE.date


def test_rss() -> None:
    data = """<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><title>社</title>
    <item><title><![CDATA[甲&乙]]></title><link>https://a.cn/1</link><guid>g</guid>
    <description>&lt;p&gt;一&lt;/p&gt;&lt;p&gt;二&lt;/p&gt;</description><author>记者</author>
    <pubDate>Sun, 05 Dec 2021 00:00:00 GMT</pubDate><category>国际</category></item>
    </channel></rss>"""
    assert articles(data.encode("gb2312")) == [
        Article(
            id=make_id("n#g"), path="n#g", title="甲&乙", body="一\n二", date=WHOLE.date,
            author="记者", source="社", categories=("国际",), url="https://a.cn/1",
        )
    ]  # fmt: skip


def test_entities_of_files_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    data = (
        f'<!DOCTYPE r [<!ENTITY e SYSTEM "file://{secret}">]><rss version="2.0"><channel><item>'
        "<title>题&e;</title></item></channel></rss>"
    )
    assert "geheim" not in str(read(data, "feed"))


def test_reading_is_not_ahead_of_what_is_asked_for() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            self.given += 1
            assert self.given < 10
            return (f"{ONE}\n".encode() * 2_000)[: size if size > 0 else None]

    found = read_record_stream(Endless(), name="n")  # type: ignore[arg-type]  # a raw stream
    assert titles([next(found) for _ in range(3)]) == ["甲", "甲", "甲"]


def test_a_long_value_is_read_over_several_chunks() -> None:
    body = "文" * 500_000
    assert [article.body for article in articles(json.dumps([{"body": body}, {"body": "尾"}]))] == [
        body,
        "尾",
    ]


def test_a_line_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.ingest.json_records.MAX_BYTES", 1000)
    data = f'{ONE}\n{{"title": "{"x" * 5000}"}}\n{TWO}\n'
    assert titles(read(data)) == ["甲", "!", "乙"]


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    file.write_text(f"{ONE}\n{TWO}\n", "utf-8")
    assert titles(list(read_records(file, name="a/news.jsonl"))) == ["甲", "乙"]
    with pytest.raises(ArticleError, match="No such file"):
        next(read_records(tmp_path / "gone.jsonl", name="x"))
    with pytest.raises(ArticleError, match="NUL"):
        next(read_records("a\0", name="x"))


@pytest.mark.parametrize("kind", ["jsonl", "json", "feed", "csv", "tsv", None])
@given(data=st.binary(max_size=100) | st.text('{}[]",:\n <rss>title甲\t').map(str.encode))
def test_any_bytes_are_read(kind: RecordKind | None, data: bytes) -> None:
    for each in read(data, kind):
        assert isinstance(each, Article | Problem)


VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.sampled_from(["title", "body", "date", "tags", "id"]), VALUES)))
def test_any_values_are_articles_or_problems(lines: list[dict[str, object]]) -> None:
    found = read("\n".join(["{}", "{}", *map(json.dumps, lines)]))
    assert len(found) == len(lines) + 2


@pytest.fixture
def lines() -> Iterator[bytes]:
    with BULK.open("rb") as file:
        yield b"".join(file.readline() for _ in range(2_000))


@pytest.mark.skipif(not BULK.exists(), reason="the real records are not here")
def test_real_records(lines: bytes) -> None:
    found = articles(lines)
    assert len(found) == 2_000
    assert all(article.title and article.body and article.date for article in found)


def test_every_kind_has_an_ending() -> None:
    assert set(records.RecordKind.__args__) == set(records._KINDS.values())  # type: ignore[attr-defined]
