import contextlib
import os
from dataclasses import FrozenInstanceError
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.article import Article, make_id
from searcher.errors import ArticleError
from searcher.ingest.decoding import MAX_BYTES
from searcher.ingest.reader import parse_article, read_article

DATA = Path(__file__).parents[2] / "shared" / "data"
POST = """
---
title: '拜登和普京将通话 白宫确认'
categories: 
 - 新媒体
 - 环球快报
 - 新闻
headimg: 'https://img.example/a.jpg'
author: 环球快报
comments: false
date: Sun, 05 Dec 2021 02:37:43 GMT
thumbnail: 'https://img.example/a.jpg'
---

<div>   
<p>美国总统乔·拜登将与俄罗斯总统<b>普</b>京举行视频通话。</p>
<figure><img src="a.jpg" alt>(资料图)</figure>
<h3>议题</h3>
<p>双方将讨论&#8220;边境局势&#8221;。</p>
  
</div>
            """  # noqa: W291, W293 - as such files are


def parse(text: str, path: str = "a.md") -> Article:
    return parse_article(text.encode(), path)


def post(front_matter: str, body: str = "正文") -> Article:
    return parse(f"---\n{front_matter}\n---\n\n{body}\n")


def test_a_post() -> None:
    assert parse(POST, "2021/call.md") == Article(
        id=make_id("2021/call.md"),
        path="2021/call.md",
        title="拜登和普京将通话 白宫确认",
        body="美国总统乔·拜登将与俄罗斯总统普京举行视频通话。\n(资料图)\n议题\n双方将讨论“边境局势”。",
        date=datetime(2021, 12, 5, 2, 37, 43, tzinfo=timezone.utc),
        author="环球快报",
        source="环球快报",
        categories=("新媒体", "环球快报", "新闻"),
    )


def test_an_article_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        parse("文").title = "x"  # type: ignore[misc]  # it is frozen


def test_the_id_is_made_from_the_path() -> None:
    first, second = parse("文", "a/b.md"), parse("别的文", "a/b.md")
    assert first.id == second.id == make_id("a/b.md")
    assert first.id != parse("文", "a/c.md").id
    assert len(first.id) == 10
    assert set(first.id) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_dialects() -> None:
    article = post(
        'layout: post\ntitle: "题"\npublished: 2021-12-05T02:37:43+08:00\nfrom: https://news.example/1\n'
        "tags: [ 一, 二 ]\ncategory: 三\ncategories: [二, 四]"
    )
    assert article.date == datetime(2021, 12, 5, 2, 37, 43, tzinfo=timezone(timedelta(hours=8)))
    assert article.url == "https://news.example/1"
    assert article.source == "news.example"
    assert article.categories == ("二", "四", "三", "一")
    assert article.author == ""
    assert article.problems == ()


@pytest.mark.parametrize(
    ("front_matter", "author", "source"),
    [
        ("author: 记者", "记者", "记者"),
        ("author: 记者\nsource: 社", "记者", "社"),
        ("authors: [甲, 乙]", "甲、乙", "甲、乙"),
        ("author: {name: 甲}", "甲", "甲"),
        ("author: '甲\t乙\\n'", "甲 乙\\n", "甲 乙\\n"),
        ("author:\nlink: http://a.cn/x", "", "a.cn"),
        ("source: ''\nurl: https://[bad", "", ""),
        ("x: 1", "", ""),
    ],
)
def test_author_and_source(front_matter: str, author: str, source: str) -> None:
    article = post(front_matter)
    assert (article.author, article.source) == (author, source)


@pytest.mark.parametrize(
    ("front_matter", "url"),
    [
        ("link: http://a.cn/一?x=1&y=2", "http://a.cn/一?x=1&y=2"),
        ("link: /relative\nurl: https://a.cn/", "https://a.cn/"),
        ("url: javascript:alert(1)", ""),
        ("from: 新华社", ""),
        ("url: http://", ""),
        ("url: http://a.cn/ b", ""),
        ("url: [http://a.cn]", ""),
    ],
)
def test_url(front_matter: str, url: str) -> None:
    assert post(front_matter).url == url


@pytest.mark.parametrize(
    ("front_matter", "categories"),
    [
        ("tags: 一, 二，三", ("一", "二", "三")),
        ("tags: 一 二", ("一 二",)),
        ("categories:\n - [新闻, 国际]\n - [新闻, 国内]", ("新闻", "国际", "国内")),
        ("tags:", ()),
        ("tags: [一, '', ' ']", ("一",)),
        ("categories: {name: 一}", ("一",)),
    ],
)
def test_categories(front_matter: str, categories: tuple[str, ...]) -> None:
    assert post(front_matter).categories == categories


@pytest.mark.parametrize(
    ("text", "path", "title"),
    [
        ("# 标题\n\n正文", "a.md", "标题"),
        ("正文\n\n## 小*标*题", "a.md", "小标题"),
        ("<p>正文</p><h2>小<b>标</b>题</h2>", "a.html", "小标题"),
        ("<html><head><title>页名</title></head><p>正文</p></html>", "a.html", "页名"),
        ("正文", "新闻/普京 访华.md", "普京 访华"),
        ("# 不是标题", "b.txt", "b"),
        ("正文", "a\x1b[31mb\n.md", "ab"),
        ("正文", "\u200b.md", "?"),
        ("---\ndate: 2021-12-05\n---\n# 标题\n\n正文", "a.md", "标题"),
        ("---\ntitle: '[red]红[/red]'\n---\n文", "a.md", "[red]红[/red]"),
        ("---\ntitle: [red]\n---\n文", "a.md", "[red]"),
        ("---\n{title: [red]}\n---\n文", "a.md", "a"),
        ("---\ntitle: A &amp; B&#8212;<em>C</em>\n---\n文", "a.md", "A & B—C"),
        ("---\ntitle: '5 < 6 <未知>'\n---\n文", "a.md", "5 < 6 <未知>"),
        ('---\ntitle: "一\\n二\\t三　四"\n---\n文', "a.md", "一二 三　四"),
        ("---\ntitle: 2021\n---\n文", "a.md", "2021"),
    ],
)
def test_title(text: str, path: str, title: str) -> None:
    assert parse(text, path).title == title


@pytest.mark.parametrize(
    ("title", "first", "kept"),
    [
        ("标题", "标题", False),
        ("标题 - 站名", "标题", False),
        ("标题", "标题...", False),
        ("标题", "标题：全文", True),
        ("标题", "标题 - 全文", True),
        ("标题长", "标题", True),
    ],
)
def test_a_first_line_that_repeats_the_title(title: str, first: str, kept: bool) -> None:
    body = post(f"title: {title}", f"# {first}\n\n正文").body
    assert body == (f"{first}\n正文" if kept else "正文")


@pytest.mark.parametrize(
    ("path", "text", "body"),
    [
        ("a.md", "<p>一\n\n二 **三**</p>", "一\n二 三"),  # not HTML to its end: Markdown
        ("a.md", "<!-- 1 -->\n<div>\n<p>一 **二**</p>\n</div>", "一 **二**"),
        ("a.md", "<figure>\n图\n</figure>\n\n一**二**\n\n<figure>\n图\n</figure>", "图\n一二\n图"),
        ("a.MARKDOWN", "一**二**", "一二"),
        ("a.html", "一**二**<p>三", "一**二**\n三"),
        ("a.HTM", "一<b>二</b>", "一二"),
        ("a.txt", "一**二**<p>三\n四", "一**二**<p>三\n四"),
        ("a.md", "一\r\n\r\n二\r三", "一\n二三"),
        ("a.txt", "一\r二\r\n三", "一\n二\n三"),
        ("a.md", "---\rtitle: 题\r---\r\r一", "一"),
    ],
)
def test_how_the_text_is_read(path: str, text: str, body: str) -> None:
    assert parse(text, path).body == body


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_encodings(encoding: str) -> None:
    assert parse_article(POST.encode(encoding), "a.md") == parse(POST)


def test_big5() -> None:
    text = "---\ntitle: 台灣立法院三讀通過法案\n---\n<p>立法院週二三讀通過。</p>"
    assert parse_article(text.encode("big5"), "a.md") == parse(text)


# What is wrong with a file, what is read of it all the same, and what is said about it.
BAD_INPUTS = {
    "broken YAML": (
        "---\ntitle: 'He said 'x''\ndate: 2021-12-05\n---\n正文",
        ("He said 'x'", "正文"),
        ["front matter is broken YAML; taken as written: title"],
    ),
    "invalid date": (
        "---\ntitle: 题\ndate: Invalid Date\n---\n正文",
        ("题", "正文"),
        ["date not understood: 'Invalid Date'"],
    ),
    "a list for a date": (
        "---\ntitle: 题\ndate: [1]\n---\n正文",
        ("题", "正文"),
        ["date not understood: 'a list'"],
    ),
    "empty date": ("---\ntitle: 题\ndate:\n---\n正文", ("题", "正文"), ["date is empty"]),
    "date that overflows": (
        "---\ntitle: 题\ndate: 9999-12-31T23:00:00-12:00\n---\n正文",
        ("题", "正文"),
        ["date not understood: '9999-12-31T23:00:00-12:00'"],
    ),
    "empty title": ("---\ntitle: ''\n---\n正文", ("a", "正文"), ["title is empty"]),
    "empty body": ("---\ntitle: 题\n---\n", ("题", ""), ["no text below the title"]),
    "empty file": ("", ("a", ""), ["no text below the title"]),
    "front matter never closed": (
        "---\ntitle: 题\n\n正文",
        ("题", "正文"),
        ["front matter is not closed by ---"],
    ),
    "alias bomb": (
        "---\ntitle: 题\na: &a [x, x]\nb: &b [*a, *a]\ntags: [*b, *b]\n---\n正文",
        ("题", "正文"),
        ["front matter uses YAML tags or aliases; left out: b, tags"],
    ),
    "code in YAML": (
        "---\ntitle: 题\nauthor: !!python/object/apply:os.getcwd []\n---\n正文",
        ("题", "正文"),
        ["front matter uses YAML tags or aliases; left out: author"],
    ),
    "terminal escapes": (
        "---\ntitle: '\x1b[31m红\x1b[0m'\n---\n<p>\x1b]0;x\x07正\x00文</p>",
        ("红", "正文"),
        ["control characters removed"],
    ),
    "terminal escapes in YAML": (
        '---\ntitle: "\\e[31m红"\n---\n<p>正&#27;[1m文</p>',
        ("红", "正文"),
        ["control characters removed"],
    ),
    "directions reversed": ("---\ntitle: a\u202eb\n---\n正\u2067文", ("ab", "正文"), []),
    "too many categories": (
        f"---\ntitle: 题\ntags: {list(range(200))}\n---\n正文",
        ("题", "正文"),
        ["more than 100 categories; the rest left out"],
    ),
    "nested too deeply": (
        f"---\ntitle: 题\ntags: {'[' * 50}{']' * 50}\n---\n正文",
        ("题", "正文"),
        ["front matter uses YAML tags or aliases; left out: tags"],
    ),
}


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_bad_inputs(name: str) -> None:
    text, expected, problems = BAD_INPUTS[name]
    article = parse(text)
    assert (article.title, article.body) == expected
    assert list(article.problems) == problems


def test_a_hundred_categories_are_kept() -> None:
    assert len(post(f"tags: {list(range(200))}").categories) == 100


def test_a_later_date_is_better_than_none() -> None:
    article = post("date: ''\nupdated: 2021-12-05")
    assert article.date == datetime(2021, 12, 5, tzinfo=timezone.utc)
    assert article.problems == ()


@pytest.mark.parametrize("front_matter", ["title: 题", "title: 题\ndate:"])
def test_the_date_in_the_path(front_matter: str) -> None:
    article = parse(f"---\n{front_matter}\n---\n文", "_posts/2021-12-05-x.md")
    assert article.date == datetime(2021, 12, 5, tzinfo=timezone.utc)
    assert article.problems == ()


def test_a_date_that_is_not_understood_is_said_though_the_path_has_one() -> None:
    article = parse("---\ndate: 上周\n---\n文", "2021-12-05.md")
    assert article.date == datetime(2021, 12, 5, tzinfo=timezone.utc)
    assert article.problems == ("date not understood: '上周'",)


def test_references_and_marks_in_fields() -> None:
    article = post('title: "<![CDATA[央行]]>"\nauthor: A &amp; B\ntags: ["R&amp;D"]')
    assert (article.title, article.author, article.categories) == ("央行", "A & B", ("R&D",))


def test_a_decomposed_name_of_a_file() -> None:
    assert parse("文", "フ\u309aーチン.md").title == "プーチン"


def test_damaged_bytes_are_said() -> None:
    article = parse_article(("# 题\n\n" + "正文。" * 100).encode()[:-1], "a.md")
    assert article.body.startswith("正文。正文。")
    assert article.problems == ("damaged characters: 1 (read as utf-8)",)


def test_100_000_nested_tags() -> None:
    article = parse("<div>" * 100_000 + "文" + "</div>" * 99_000)
    assert article.body == "文"


def test_10_mb_of_html() -> None:
    paragraph = "<p>" + "新闻正文，" * 60 + "</p>\n"
    article = parse(paragraph * (10 * 2**20 // len(paragraph.encode())))
    assert len(set(article.body.split("\n"))) == 1
    assert len(article.body) > 3_000_000


# -- files -------------------------------------------------------------------------------------


def test_read_article(tmp_path: Path) -> None:
    file = tmp_path / "2021" / "call.md"
    file.parent.mkdir()
    file.write_text(POST, encoding="utf-8")
    assert read_article(file, root=tmp_path) == parse(POST, "2021/call.md")
    assert read_article(str(file), root=str(tmp_path)) == parse(POST, "2021/call.md")
    assert read_article(file).path == "call.md"


def test_paths_relative_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/a.md").write_text("文")
    monkeypatch.chdir(tmp_path)
    assert read_article("corpus/a.md", root="corpus").path == "a.md"
    assert read_article("corpus/a.md", root=tmp_path).path == "corpus/a.md"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.md", "No such file"),
        ("dangling.md", "No such file"),
        ("loop.md", "symbolic links"),
        ("folder.md", "not a file"),
        ("pipe.md", "not a file"),
        ("binary.md", "binary"),
        ("large.md", "larger than"),
        ("nul\0.md", "cannot be read"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "dangling.md").symlink_to("gone.md")
    (tmp_path / "loop.md").symlink_to("loop.md")
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "binary.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ArticleError, match=message):
        read_article(tmp_path / name)


def test_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text("文")

    def refuse(name: str, mode: str) -> object:  # root may read everything, so pretend
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("searcher.ingest.reader.open", refuse, raising=False)
    with pytest.raises(ArticleError, match="cannot be read: Permission denied"):
        read_article(tmp_path / "a.md")


PIECES = st.sampled_from(
    ["---\n", "title: ", "date: ", "tags: ", "\n", "'", '"', "[", "]", "# ", "<p>", "</p>", "**",
     "&amp;", "文", "字 ", "\x1b[1m", "\0", "\u202e", "\r\n", "2021-12-05", "&a ", "*a ", "!!x "]
)  # fmt: skip


@given(
    st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join),
    st.sampled_from(["a.md", "b/a.html", "a.txt", "a"]),
)
def test_any_text_makes_an_article(text: str, path: str) -> None:
    try:
        article = parse_article(text.encode("utf-8", "surrogatepass"), path)
    except ArticleError:
        return
    assert article.title == " ".join(article.title.split(" "))
    assert article.title.strip()
    values = (article.title, article.author, article.source, article.url, *article.categories)
    for line in (*values, *article.problems, *article.body.split("\n")):
        assert line == line.strip()
        assert not any(c < " " or "\x7f" <= c < "\xa0" or "\u202a" <= c <= "\u202e" for c in line)


@given(st.binary(max_size=200))
def test_any_bytes_make_an_article_or_an_error(data: bytes) -> None:
    with contextlib.suppress(ArticleError):
        assert parse_article(data, "a.md").title


@pytest.mark.skipif(not DATA.exists(), reason="the real articles are not here")
def test_the_seed() -> None:
    article = read_article(DATA / "seed-article.md")
    assert article.title.startswith("乌克兰危机：拜登和普京即将举行通话 ")
    assert article.date == datetime(2021, 12, 5, 2, 37, 43, tzinfo=timezone.utc)
    assert article.categories == ("新媒体", "Aljazeera 半岛网", "新闻")
    lines = article.body.split("\n")
    assert len(lines) == 24
    assert "(半岛电视台)" in lines
    assert article.problems == ()
