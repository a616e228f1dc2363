"""The articles that ship in corpus/: enough of them, readable, and each oddity read as promised."""

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from searcher.article import Article
from searcher.ingest.reader import read_article

CORPUS = Path(__file__).parents[1] / "corpus"
FILES = sorted(path for path in CORPUS.rglob("*") if path.is_file())
TRADITIONAL = frozenset("國會與說這為於時來個對發開後們從過實經電")
SIMPLIFIED = frozenset("国会与说这为于时来个对发开后们从过实经电")


def read(name: str) -> Article:
    return read_article(CORPUS / name, root=CORPUS)


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {article.path: article for article in (read_article(f, root=CORPUS) for f in FILES)}


@pytest.fixture(scope="module")
def ordinary(articles: dict[str, Article]) -> list[Article]:
    return [article for path, article in articles.items() if not path.startswith("quirks/")]


def is_traditional(article: Article) -> bool:
    return sum(c in TRADITIONAL for c in article.body) > sum(c in SIMPLIFIED for c in article.body)


def controls(text: str) -> Iterator[str]:
    return (c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160)


def test_there_are_enough_ordinary_articles(ordinary: list[Article]) -> None:
    assert len(ordinary) >= 40


def test_ordinary_articles_read_without_a_problem(ordinary: list[Article]) -> None:
    assert {article.path: article.problems for article in ordinary if article.problems} == {}


def test_ordinary_articles_are_dated_signed_and_filed(ordinary: list[Article]) -> None:
    for article in ordinary:
        assert article.date is not None, article.path
        assert str(article.date.year) == article.path.split("/")[0]
        assert article.author, article.path
        assert article.categories, article.path


def test_ordinary_articles_are_short_news(ordinary: list[Article]) -> None:
    for article in ordinary:
        assert 4 <= len(article.body.split("\n")) <= 12, article.path
        assert 250 <= len(article.body) <= 600, article.path


def test_sources_are_many(ordinary: list[Article]) -> None:
    assert len({article.source for article in ordinary}) >= 5


def test_traditional_articles_are_many(ordinary: list[Article]) -> None:
    assert len([article for article in ordinary if is_traditional(article)]) >= 8


def test_titles_and_ids_are_unique(articles: dict[str, Article]) -> None:
    assert len({article.title for article in articles.values()}) == len(FILES)
    assert len({article.id for article in articles.values()}) == len(FILES)


def test_nothing_controls_a_terminal_and_no_markup_is_left(articles: dict[str, Article]) -> None:
    for article in articles.values():
        assert not list(controls(article.title + article.body)), article.path
        assert "\n" not in article.title
        for remnant in ("<p>", "</", "&nbsp;", "格式特点", "格式特點"):
            assert remnant not in article.body, (article.path, remnant)


def test_the_video_call_has_what_the_first_searches_look_for() -> None:
    article = read("2021/biden-putin-video-call.md")
    assert "拜登和普京" in article.title
    for words in (
        *("视频通话", "半岛电视台", "乔·拜登", "弗拉基米尔·普京", "克里姆林宫", "17.5万"),
        *("布林肯", "佩斯科夫"),
    ):
        assert words in article.body
    assert article.date == datetime(2021, 12, 5, 9, 20, tzinfo=timezone.utc)
    assert article.source == article.author == "远望通讯"


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("2021/webb-launch.md", "2021-12-25T15:10:00+00:00"),  # RFC 822
        ("2021/shenzhou-13.md", "2021-10-16T12:30:00+08:00"),  # ISO 8601 with a zone
        ("2022/tsmc-arizona-tw.md", "2022-12-07T06:00:00+00:00"),  # in UTC, under `published`
        ("2021/sinovac-who.md", "2021-06-02T09:00:00+00:00"),  # ISO 8601 without a zone
        ("2021/ever-given-suez.md", "2021-03-29T23:10:05+00:00"),  # with a space
        ("2021/omicron-named.md", "2021-11-27T00:00:00+00:00"),  # a day
        ("2021/mplus-museum-hk.md", "2021-11-12T00:00:00+00:00"),  # a day in quotation marks
        ("2021/change-5-samples.md", "2021-10-20T00:00:00+00:00"),  # 2021年10月20日
    ],
)
def test_every_form_of_date(name: str, date: str) -> None:
    assert read(name).date == datetime.fromisoformat(date)


@pytest.mark.parametrize(
    ("name", "source", "categories", "url"),
    [
        (
            "2022/tsmc-arizona-tw.md",  # published, link, source, category, tags
            "長河日報",
            ("財經", "半導體", "台積電", "美國"),
            "https://example.com/business/2022/tsmc-arizona",
        ),
        (
            "2021/mplus-museum-hk.md",  # url, category, tags
            "榕灣日報",
            ("港澳", "文化", "香港"),
            "https://example.com/hk/2021/mplus-museum",
        ),
        (
            "2021/yunnan-elephants.md",  # from, tags in brackets
            "海峡晨报",
            ("社会", "动物"),
            "https://example.com/society/2021/elephants-cross-yuanjiang",
        ),
    ],
)
def test_every_dialect_of_front_matter(
    name: str, source: str, categories: tuple[str, ...], url: str
) -> None:
    article = read(name)
    assert (article.source, article.categories, article.url) == (source, categories, url)


@pytest.mark.parametrize(
    ("name", "title", "problems"),
    [
        ("big5.md", "紐西蘭總理阿爾登卸任 希普金斯接棒", ()),
        (
            "broken-yaml.md",
            "英女王伊丽莎白二世去世 特拉斯称其为'现代英国的磐石'",
            ("front matter",),
        ),
        ("crlf.md", "RCEP正式生效 首批十国相互降低关税", ()),
        ("empty-body.md", "快讯：芬兰正式加入北约 成为第31个成员国", ("no text",)),
        ("empty-date.md", "瓦格纳部队调转车头 普里戈任将前往白俄罗斯", ("date",)),
        ("entities.md", "硅谷银行倒闭 成为美国史上第二大银行破产案", ()),
        ("escape-in-title.md", "突发：日本前首相安倍晋三遭枪击身亡", ("control characters",)),
        ("full-page.html", "最后一架美军运输机飞离喀布尔 阿富汗战争结束", ()),
        ("gb18030.md", "全国碳市场上线交易 首日收盘每吨51.23元", ()),
        ("inline-tags.md", "拜登突访基辅 承诺继续支持乌克兰", ()),
        (
            "invalid-date.md",
            "世卫组织宣布新冠疫情不再构成国际关注的突发公共卫生事件",
            ("'Invalid Date'",),
        ),
        ("markup-in-title.md", "[red]红色预警[/red] 郑州一小时降雨201.9毫米", ()),
        ("no-front-matter.html", "福岛第一核电站开始向海洋排水", ()),
        ("no-front-matter.md", "杭州亚运会闭幕 中国队201金创纪录", ()),
        ("page-furniture.md", "韦布望远镜首批全彩图像公布 最深处的宇宙清晰可见", ()),
        ("utf16.md", "DART探测器撞击小行星 轨道周期缩短32分钟", ()),
        ("utf8-bom.md", "诺贝尔生理学或医学奖授予两名mRNA疫苗研究者", ()),
        ("夏威夷毛伊岛山火.txt", "夏威夷毛伊岛山火", ()),
    ],
)
def test_every_quirk(name: str, title: str, problems: tuple[str, ...]) -> None:
    article = read(f"quirks/{name}")
    assert article.title == title
    assert len(article.problems) == len(problems), article.problems
    for problem, words in zip(article.problems, problems, strict=True):
        assert words in problem


def test_every_quirk_is_in_the_table() -> None:
    (mark,) = test_every_quirk.pytestmark  # type: ignore[attr-defined]  # pytest sets it
    assert sorted(name for name, *_ in mark.args[1]) == sorted(
        path.name for path in (CORPUS / "quirks").iterdir()
    )


@pytest.mark.parametrize(
    ("name", "there", "gone"),
    [
        (
            "2021/mplus-museum-hk.md",
            ("M+博物館11月12日", "從海濱望向博物館外牆"),
            ("**", "](", "#"),
        ),
        ("2023/huawei-mate-60.md", ("５Ｇ", "６９９９元", "Ｍａｔｅ"), ()),
        ("quirks/big5.md", ("威靈頓", "希普金斯44歲"), ("�",)),
        ("quirks/broken-yaml.md", ("查尔斯三世", "威斯敏斯特"), ("headimg",)),
        ("quirks/crlf.md", ("区域全面经济伙伴关系协定",), ("\r",)),
        ("quirks/empty-date.md", ("普里戈任", "2023年6月24日"), ()),
        (
            "quirks/entities.md",
            ("（Silicon Valley Bank），由", "{代码 SIVB}", "S&P 500", "——但", "。美联储"),
            ("&#", "&amp;", "\xa0"),
        ),
        (
            "quirks/full-page.html",
            ("塔利班", "C-17运输机"),
            ("网站导航", "页面脚本", "font-family"),
        ),
        ("quirks/gb18030.md", ("碳排放权交易市场", "410.4万吨"), ("�",)),
        (
            "quirks/inline-tags.md",
            ("美国总统拜登2月20日", "总统泽连斯基", "乌克兰战事", "拜登乘火车", "俄罗斯总统普京"),
            (),
        ),
        ("quirks/no-front-matter.html", ("东京电力公司", "周边反应"), ()),
        ("quirks/no-front-matter.md", ("一万两千多名", "下一届亚运会2026年"), ("**", "##")),
        (
            "quirks/page-furniture.md",
            ("SMACS 0723", "船底座星云"),
            ("样式里", "脚本里", "导航栏", "模板里", "结构化数据"),
        ),
        ("quirks/utf16.md", ("迪莫弗斯", "11小时23分"), ("\ufeff", "�")),
        ("quirks/utf8-bom.md", ("卡塔琳·考里科",), ("\ufeff",)),
        ("quirks/夏威夷毛伊岛山火.txt", ("拉海纳", "大榕树"), ()),
    ],
)
def test_the_body_keeps_the_news_and_drops_the_rest(
    name: str, there: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    body = read(name).body
    assert [words for words in there if words not in body] == []
    assert [words for words in gone if words in body] == []


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("utf8-bom.md", [b"\xef\xbb\xbf"]),
        ("utf16.md", [b"\xff\xfe"]),
        ("crlf.md", [b"\r\n---\r\n"]),
        ("gb18030.md", ["碳市场".encode("gb18030")]),
        ("big5.md", ["紐西蘭".encode("big5")]),
        ("full-page.html", [b'<meta charset="gbk">', "喀布尔".encode("gbk")]),
        ("escape-in-title.md", [rb'"\x1b[31m']),
    ],
)
def test_no_editor_or_checkout_has_smoothed_a_quirk_away(name: str, marks: list[bytes]) -> None:
    data = (CORPUS / "quirks" / name).read_bytes()
    assert [mark for mark in marks if mark not in data] == []
