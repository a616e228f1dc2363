"""Saved pages, written for these tests: what is the article, and what is said of it."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import cpu_time

from searcher.article import Article
from searcher.ingest.page import MAX_PAGE_TAGS, is_page, read_page
from searcher.ingest.reader import parse_article

CHINA = timezone(timedelta(hours=8))
DAY = datetime(2021, 12, 5, tzinfo=timezone.utc).date()
TEXT = "中国人民银行周五宣布，下调金融机构存款准备金率零点五个百分点，释放长期资金约一万亿元。"
SIDE = "<li><a href=/1>某市举行马拉松比赛</a></li><li><a href=/2>某地新建图书馆开放</a></li>"
ARTICLE = f"<div class=article><h1>央行宣布降准</h1><p>{TEXT}</p><p>{TEXT}</p><p>{TEXT}</p></div>"


def page(head: str = "", body: str = ARTICLE, title: str = "央行宣布降准_财经_石桥网") -> Article:
    source = (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>"
        f"<div class=nav><a href=/>首页</a><a href=/f>财经</a></div>{body}"
        f"<div class=sidebar><h2>热门</h2><ul>{SIDE}</ul></div>"
        "<div class=footer>石桥网 版权所有 2010-2030</div></body></html>"
    )
    return parse_article(source.encode(), "a.html")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<!DOCTYPE html><p>", True),
        ("<!-- 注 -->\n<html lang=zh>", True),
        ("<?xml version='1.0'?><html>", True),
        ("<HEAD><title>", True),
        ("<p>文</p>", False),
        ("<header>文</header>", False),
        ("文<html>", False),
        ("", False),
    ],
)
def test_what_is_a_page(source: str, expected: bool) -> None:
    assert is_page(source) is expected


def test_the_article_without_what_stands_around_it() -> None:
    article = page()
    assert article.title == "央行宣布降准"
    assert article.body == "\n".join([TEXT] * 3)


def test_text_behind_an_early_end_of_the_body() -> None:
    body = f"<p>{TEXT}</p></body></html>" + f"<p>{TEXT}</p>" * 3
    assert page(body=f"<div><h1>央行宣布降准</h1>{body}</div>").body.count("百分点") == 4


def test_a_short_article_is_read_with_all_of_its_page() -> None:
    assert "一句话" in page(body="<h1>央行宣布降准</h1><p>一句话。</p>").body


@pytest.mark.parametrize(
    ("title", "head", "above"),
    [
        ("央行宣布降准_石桥网", "", "<h1 class=logo>石桥网</h1>"),
        ("央行宣布降准-石桥网", "", "<h2>新闻</h2>"),
        ("央行宣布降准 - 石桥网", "", ""),
        ("石桥网--央行宣布降准", "", ""),
        ("央行宣布降准 石桥网", "", "<h2>央行</h2>"),
        ("央行宣布降准", "", "<h3>友情链接</h3>"),
        ("石桥网 | 央行宣布降准", "", "<h1><a href=/>石桥网</a></h1>"),
        ("石桥网", "<meta property=og:title content='央行宣布降准 - 石桥网'>", "<h1>石桥网</h1>"),
        ("", "<meta property=og:title content=央行宣布降准>", "<h1>石桥网</h1>"),
        (
            "",
            '<script type="application/ld+json">{"headline": "央行宣布降准"}</script>',
            "<h1>网</h1>",
        ),
    ],
)
@pytest.mark.parametrize("headline", ["<h1>央行宣布降准</h1>", "<div class=t>央行宣布降准</div>"])
def test_title(title: str, head: str, above: str, headline: str) -> None:
    body = f"{above}<div>{headline}<p>{TEXT}</p><p>{TEXT}</p></div>"
    assert page(head, body, title).title == "央行宣布降准"


@pytest.mark.parametrize("title", ["石桥网", "首页", "财经频道_石桥网"])
def test_the_heading_above_the_article_where_the_title_names_a_section(title: str) -> None:
    body = (
        f"<h1 class=logo>石桥网</h1><h2>财经频道</h2><div><h2>央行宣布降准</h2><p>{TEXT}</p></div>"
    )
    assert page("", body, title).title == "央行宣布降准"


def test_title_with_separators_of_its_own() -> None:
    title = "1-10月固定资产投资：趋稳 - 趋优"
    assert page("", f"<h4>{title}</h4><p>{TEXT}</p><p>{TEXT}</p>", f"{title}-石桥网").title == title


def test_the_title_of_a_section_is_not_that_of_the_article() -> None:
    lines = "<p>首页 > 动态</p><p>央行宣布降准了</p><p>2021-12-05</p>"
    assert (
        page("", f"<div>{lines}<p>{TEXT}</p><p>{TEXT}</p></div>", "动态--石桥网").title
        == "央行宣布降准了"
    )


def test_a_heading_above_the_article_is_not_always_its_headline() -> None:
    body = f"<h1>石桥网</h1><div><h2>导读</h2><p>{TEXT}</p><p>{TEXT}</p></div>"
    assert page("", body).title == "央行宣布降准"


def test_a_page_that_only_its_head_names() -> None:
    assert page("", f"<p>{TEXT}</p><p>{TEXT}</p>").title == "央行宣布降准"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2021-12-05T09:20:00+08:00">',
        "<meta name=PubDate content='2021-12-05 09:20'>",
        "<meta name=publishdate content=2021-12-05>",
        "<meta itemprop=datePublished content=2021-12-05>",
        "<meta property='og:time ' content='2021年12月5日 09:20'>",
        "<meta name=firstpublishedtime content=2021-12-05-23:59:59>",
        '<script type="application/ld+json">{"@graph": [{"datePublished": "2021-12-05"}]}</script>',
        "<script>var x = {\"pubtime\": '2021-12-05 09:20:00'};</script>",
        '<script>var ct = "1638671863";</script>',
        "<link rel=canonical href=https://a.cn/2021/12/05/x.html>",
    ],
)
def test_date_in_the_head(head: str) -> None:
    date = page(head).date
    assert date is not None
    assert date.date() == DAY


@pytest.mark.parametrize(
    "line",
    [
        "<p>2021-12-05 09:20</p>",
        "<div>时间：2021年12月5日 来源：某社</div>",
        "<time datetime=2021-12-05T09:20:00+08:00>12月5日</time>",
        "<div>2021/12/5 09:20 | 字号</div>",
    ],
)
def test_date_below_the_headline(line: str) -> None:
    aside = "<aside>2019-01-01 旧闻</aside>"
    date = page("", ARTICLE.replace("</h1>", f"</h1>{line}") + aside).date
    assert date is not None
    assert date.date() == DAY


def test_the_time_of_the_article_and_not_of_the_page() -> None:
    above = "<header><time datetime=2022-01-01>今天</time></header>"
    below = "<footer><time datetime=2022-02-02>昨天</time></footer>"
    article = ARTICLE.replace("</h1>", "</h1><time datetime=2021-12-05>12月5日</time>")
    date = page("", above + article + below).date
    assert date is not None
    assert date.date() == DAY


def test_the_year_of_a_copyright_is_no_date() -> None:
    assert page().date is None


def test_when_a_page_was_changed_is_not_when_it_was_published() -> None:
    head = "<meta property='article:modified_time' content=2022-01-01>"
    assert page(head).date is None


@pytest.mark.parametrize(
    ("head", "line", "author", "source"),
    [
        ("", "2021-12-05 来源：<a>某某社</a> 作者：张三", "张三", "某某社"),
        ("", "来源: 某某社<span>举报</span>", "", "某某社"),
        ("", "2021-12-05 09:20来源：某某社作者：张三", "张三", "某某社"),
        ("", "<p>张三/某某社</p><p>2021-12-05</p>", "张三", "某某社"),
        ("", "某某社2021-12-05 07:48", "", "某某社"),
        ("", "来源：某某社 作者：张三 责任编辑：李四", "张三", "某某社"),
        ("", "本报记者 张三 李四", "张三 李四", "张三 李四"),
        ("<meta name=author content=张三>", "", "张三", "张三"),
        ("<meta name=author content=石桥网>", "来源：某某社", "", "某某社"),
        ("<meta name=source content='来源：某某社 原创'>", "", "", "某某社"),
        (
            '<script type="application/ld+json">{"author": [{"name": "张三"}]}</script>',
            "",
            "张三",
            "张三",
        ),
    ],
)
def test_names(head: str, line: str, author: str, source: str) -> None:
    article = page(head, ARTICLE.replace("</h1>", f"</h1><div>{line}</div>"))
    assert (article.author, article.source) == (author, source)


@pytest.mark.parametrize(
    "hiding",
    ["style='visibility: hidden; opacity: 0'", "style='display:none'", "hidden"],
)
def test_an_article_that_a_script_shows(hiding: str) -> None:
    article = page("", f"<h1>央行宣布降准</h1><div id=js_content {hiding}><p>{TEXT}</p></div>")
    assert TEXT in article.body


def test_a_hidden_part_stays_hidden() -> None:
    article = page("", ARTICLE.replace("</h1>", "</h1><div style='display:none'>暗处</div>"))
    assert "暗处" not in article.body


def test_posts_and_pieces_are_not_pages() -> None:
    post = f"---\ntitle: 题\n---\n<html><body><ul>{SIDE}</ul>{ARTICLE}</body></html>"
    assert "马拉松" in parse_article(post.encode(), "a.html").body
    assert "马拉松" in parse_article(f"<ul>{SIDE}</ul>{ARTICLE}".encode(), "a.html").body


def test_the_address_of_the_page() -> None:
    source = "<!-- saved from url=(0030)https://a.cn/x.html -->"
    assert parse_article(f"{source}<html><p>{TEXT}".encode(), "a.html").url == "https://a.cn/x.html"


def test_too_many_tags_are_read_as_a_whole() -> None:
    source = "<html>" + "<p>文</p>" * MAX_PAGE_TAGS
    assert read_page(source) is None
    assert parse_article(source.encode(), "a.html").body.startswith("文\n文")


@pytest.mark.parametrize(
    "piece",
    [
        *("<div>", "<p>文", "<table><tr><td>", "<!--", "<div hidden>文", "<h1>", "<title>"),
        *("<meta name=date>", "来源：", "2021-12-05 ", "<a href=x>文</a>", "<time datetime=x>"),
    ],
)
def test_hostile_pages_take_linear_time(piece: str) -> None:
    short, long = ("<html><title>题</title>" + piece * n for n in (1_000, 8_000))
    least = max(cpu_time(lambda: parse_article(short.encode(), "a.html")), 0.01)
    assert cpu_time(lambda: parse_article(long.encode(), "a.html")) < 30 * least


MARKS = st.sampled_from(
    "<html> <head> <title> </title> <body> </body> <h1> </h1> <p> <div hidden> </div> <meta "
    "name=author content=甲> <script> </script> <time datetime=2021-12-05> 来源： 作者 2021-12-05 "
    "_ - | 文字 <!-- --> <link rel=canonical href=http://[> &#0; <? <![".split()
)


@given(st.lists(MARKS | st.text(max_size=4), max_size=25).map("".join))
def test_any_page_is_read(source: str) -> None:
    source = "".join(filter(str.isprintable, source))
    article = parse_article(f"<html>{source}".encode(), "a.html")
    assert article.title.strip()
    assert "\n" not in article.title + article.author + article.source
