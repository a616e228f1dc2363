"""The pages: what they show, in which language, and that no text of an article becomes HTML."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import article, build
from starlette.testclient import TestClient
from web_client import HANDLER, HOSTILE, client, served

from searcher.web import limits
from searcher.web.languages import LANGUAGES, choose_language
from searcher.web.links import narrowed, outer_link, search_link
from searcher.web.marking import harmless, marked, paragraphs, shortened

__all__ = ["client"]


class Page(HTMLParser):
    """The elements of a page with their attributes, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        return [attributes["href"] for attributes in self.all("a") if "href" in attributes]


def page(client: TestClient, path: str, status: int = 200, language: str = "en") -> Page:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)


PATHS = [
    "/",
    "/keys",
    "/?q=火星",
    "/?q=火星&sort=newest&since=2019&strict=1",
    "/?q=火星&source=" + quote(HANDLER) + "&category=" + quote(HOSTILE),
    "/?q=" + quote(HANDLER + HOSTILE),
    "/?q=x&since=" + quote(HANDLER),
    "/?q=x&sort=" + quote(HOSTILE),
    "/" + quote(HANDLER + HOSTILE),
    "/articles/" + quote(HANDLER + HOSTILE),
    *(f"/articles/a000{number}" for number in range(5)),
    *(f"/articles/a000{number}?q=火星" for number in range(5)),
    "/explore?q=火星",
    "/explore?q=*&since=2020",
    "/compare",
    "/compare?q=火星&q=" + quote(HANDLER + HOSTILE) + "&since=2020&by=year",
    "/compare?q=x&since=" + quote(HANDLER),
    "/compare?q=x&by=" + quote(HOSTILE),
    "/batch",
    "/explore?q=" + quote(HANDLER + HOSTILE),
    "/articles/a0001?q=" + quote(HANDLER + HOSTILE),
]


@pytest.mark.parametrize("path", PATHS)
def test_no_text_becomes_html(client: TestClient, path: str) -> None:
    text = client.get(path).text
    found = Page(text)
    scripts = ["searcher.js", "batch.js"] if path == "/batch" else ["searcher.js"]
    assert found.all("script") == [
        {"src": f"/static/{name}?v=0.1.0", "defer": ""} for name in scripts
    ]
    assert found.all("img") == []
    for _, attributes in found.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        for name in ("href", "src", "action"):
            if address := attributes.get(name):
                assert address.startswith(("/", "#", "https://news.example.org/")), address
    assert not re.search("[\u202a-\u202e\x01\x9b]", text)


@pytest.mark.parametrize("path", PATHS)
def test_pages_have_what_readers_need(client: TestClient, path: str) -> None:
    found = Page(client.get(path).text)
    assert found.all("html")[0]["lang"] == "en"
    assert len(found.all("h1")) == 1
    assert found.links()[0] == "#content"
    labels = {attributes.get("for") for attributes in found.all("label")}
    assert "query" in labels
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_results_come_with_all_that_belongs_to_them(client: TestClient) -> None:
    found = page(client, "/?q=火星车")
    assert "1 article in" in found.text
    assert "晨报" in found.text
    assert "2020-01-01" in found.text
    assert found.all("mark")
    assert "/articles/a0000?q=" + quote("火星车") in found.links()


def test_articles_with_some_of_the_words_come_apart(client: TestClient) -> None:
    text = client.get("/?q=" + quote("火星车 着陆 气温")).text
    before, divider, after = text.partition('<h2 class="divider">')
    assert divider
    assert "a0000" in after
    assert "a0000" not in before


def test_did_you_mean(client: TestClient) -> None:
    found = page(client, "/?q=huoxing")
    assert "Did you mean" in found.text
    assert search_link({"q": "火星"}) in found.links()


def test_everything_is_in_the_address(client: TestClient) -> None:
    found = page(client, "/?q=天气&sort=newest&since=2020")
    following = [link for link in found.links() if "page=2" in link]
    assert following == [search_link({"q": "天气", "sort": "newest", "since": "2020", "page": 2})]
    second = page(client, following[0])
    assert "天气 29" in second.text
    assert "天气 39" not in second.text
    # Without the filter, on the first page again.
    assert search_link({"q": "天气", "sort": "newest"}) in second.links()


def test_a_wrong_option_is_said_beside_the_form(client: TestClient) -> None:
    found = page(client, "/?q=火星&since=gestern", 400)
    assert "since" in found.text
    assert {"name": "since", "value": "gestern"}.items() <= found.all("input")[1].items()


def test_strange_parameters_do_not_matter(client: TestClient) -> None:
    assert "1 article" in page(client, "/?q=火星车&utm_source=x&utm_source=y").text


def test_long_queries_and_deep_pages_are_refused(client: TestClient) -> None:
    page(client, "/?q=" + "x" * (limits.MAX_QUERY_LENGTH + 1), 400)
    page(client, "/articles/a0000?q=" + "x" * (limits.MAX_QUERY_LENGTH + 1), 400)
    page(client, "/?q=x&page=100000", 400)
    page(client, "/articles/" + "x" * 1000, 404)


def test_a_huge_title_is_cut_in_lists(client: TestClient) -> None:
    assert len(client.get("/?q=火星").content) < 50_000
    assert len(page(client, "/articles/a0003").text) > 100_000


def test_the_first_view_is_small(client: TestClient) -> None:
    found = page(client, "/?q=天气")
    files = [a["src"] for a in found.all("script")] + [a["href"] for a in found.all("link")]
    assert len(files) == 3
    assert sum(len(client.get(path).content) for path in ["/?q=天气", *files]) < 100_000


def test_an_article_with_its_matches(client: TestClient) -> None:
    found = page(client, "/articles/a0000?q=火星车")
    marks = [attributes["id"] for attributes in found.all("mark")]
    assert marks == ["match-1", "match-2"]
    assert {"#match-1", "#match-2"} <= set(found.links())
    assert "Why it was found" in found.text
    assert "/articles/a0000" in found.links()
    assert search_link({"q": "火星车"}) in found.links()
    assert "Why it is not found" in page(client, "/articles/a0007?q=火星车").text


def test_the_counts_beside_the_results(client: TestClient) -> None:
    found = page(client, "/?q=火星&since=2020&sort=newest")
    assert (
        search_link({"q": '火星 source:"晨报"', "since": "2020", "sort": "newest"})
        in found.links()
    )  # fmt: skip
    (names,) = [a for a in found.all("details") if "data-facets" in a]
    counted = client.get(names["data-facets"]).json()
    assert counted["total"] == 4
    assert [facet["field"] for facet in counted["facets"]] == ["people", "places", "organisations"]


def test_the_timeline_above_the_results(client: TestClient) -> None:
    found = page(client, "/?q=天气&until=2020-12&page=2")
    bars = [a for a in found.all("a") if "data-period" in a]
    # There are two months, so days are shown.
    assert len(bars) == 35
    assert bars[1]["data-period"] == "2020-01-07"
    assert bars[1]["href"] == "/?q=%E5%A4%A9%E6%B0%94&since=2020-01-07&until=2020-01-07"
    assert "1 article in" in page(client, bars[1]["href"]).text
    # Nothing for a single article.
    assert not [a for a in page(client, "/?q=火星车").all("a") if "data-period" in a]


def test_near_duplicates_are_folded_when_asked(tmp_path: Path) -> None:
    body = "火星车今天传回了第一批照片，科学家说照片非常清楚，任务进展顺利。" * 3
    build(tmp_path, [article(number, "火星车照片", body) for number in range(3)])
    with served(tmp_path) as client:
        found = page(client, "/?q=火星车&unique=1")
        assert "2 near-duplicates are folded" in found.text
        (link,) = [link for link in found.links() if link.endswith("#group")]
        group = page(client, link.partition("#")[0]).text.partition("Near-duplicates of")[2]
        assert group.count("火星车照片") == 2
        assert "Similar articles" not in group
        assert "are folded" not in page(client, "/?q=火星车").text


def test_all_matches_are_explored(client: TestClient) -> None:
    found = page(client, "/explore?q=天气&since=2020")
    assert "35 articles" in found.text
    days = [link for link in found.links() if "since=2020-02-02&until=2020-02-02" in link]
    assert len(days) == 1
    assert "1 article in" in page(client, days[0]).text
    facets = [link for link in found.links() if quote("天气") + "+date" in link]
    assert "35 articles" in page(client, facets[0]).text
    page(client, "/explore", 400)


def test_similar_articles_stand_below_an_article(client: TestClient) -> None:
    found = page(client, "/articles/a0007")
    similar = found.text.partition("Similar articles")[2]
    assert similar.count("天气") == 5


def test_a_query_is_narrowed_as_a_whole() -> None:
    assert narrowed("普京", "date:2022") == "普京 date:2022"
    assert narrowed("*", "date:2022") == "date:2022"


def test_only_addresses_of_the_web_are_links(client: TestClient) -> None:
    outer = [
        [link for link in page(client, f"/articles/a000{number}").links() if "://" in link]
        for number in range(5)
    ]
    assert outer == [[], ["https://news.example.org/1?a=<b>&c=\"'"], [], [], []]


@pytest.mark.parametrize("id_", ["a/b", "a?b=c", "a b#c", "ä", 'a"<b>'])
def test_any_id_can_be_linked(tmp_path: Path, id_: str) -> None:
    strange = article(0, "火星")
    build(tmp_path, [type(strange)(id=id_, path="x.md", title="火星", body="")])
    with served(tmp_path) as client:
        (link,) = [
            link for link in page(client, "/?q=火星").links() if link.startswith("/articles/")
        ]
        assert unquote(urlsplit(link).path) == f"/articles/{id_}"
        assert "火星" in page(client, link).text


@pytest.mark.parametrize(
    ("language", "said", "tag"),
    [("en", "in", "en"), ("zh-CN,en;q=0.5", "篇文章", "zh-Hans"), ("zh-TW", "用時", "zh-Hant")],
)
def test_the_language_is_that_of_the_browser(
    client: TestClient, language: str, said: str, tag: str
) -> None:
    found = page(client, "/?q=火星", language=language)
    assert said in found.text
    assert found.all("html")[0]["lang"] == tag
    answer = client.get("/?q=火星", headers={"Accept-Language": language})
    assert "Accept-Language" in answer.headers["vary"]
    assert tag in answer.headers["etag"]
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get("/?q=火星", headers={**known, "Accept-Language": language}).status_code == 304
    assert client.get("/?q=火星", headers={**known, "Accept-Language": "fr"}).status_code == (
        304 if tag == "en" else 200
    )


def test_languages_have_the_same_messages_with_the_same_places() -> None:
    def places(messages: dict[str, str]) -> dict[str, set[str]]:
        return {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in messages.items()}

    english, *others = [places(dict(messages)) for messages in LANGUAGES.values()]
    for other in others:
        assert other == english


@given(st.text())
def test_any_header_chooses_a_language(header: str) -> None:
    assert choose_language(header) in LANGUAGES


def test_qualities_count() -> None:
    assert choose_language("en;q=0.1, zh-HK;q=0.9") == "zh-Hant"
    assert choose_language("zh-Hans-HK") == "zh-Hans"
    assert choose_language("zh;q=0, en;q=x") == "en"


@given(st.text(st.characters(codec="utf-16", exclude_characters="\r")), st.data())
def test_marks_leave_the_text_as_it_is(text: str, data: st.DataObject) -> None:
    places = sorted(set(data.draw(st.lists(st.integers(0, len(text)), max_size=8))))
    spans = [*zip(places[::2], places[1::2], strict=False)]
    found = Page("".join([marked(text, spans, 1)]))
    assert found.text == harmless(text)
    assert [a["id"] for a in found.all("mark")] == [f"match-{n + 1}" for n in range(len(spans))]
    assert len(harmless(text)) == len(text)


@given(st.lists(st.text("ab ", max_size=4), max_size=5))
def test_paragraphs_number_their_marks_on(lines: list[str]) -> None:
    body = "\n".join(lines)
    spans = tuple((match.start(), match.end()) for match in re.finditer("a", body))
    found = Page("".join(paragraphs(body, spans, 3)))
    numbers = [attributes["id"] for attributes in found.all("mark")]
    assert numbers == [f"match-{number}" for number in range(3, 3 + len(spans))]


def test_a_short_text_is_not_shortened() -> None:
    assert shortened("普京", ((0, 2),), 2) == ("普京", ((0, 2),))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "//x",
        "https://",
        "http://[",
        "file:///etc",
        "javascript://x/%0aalert(1)",
    ],
)
def test_other_addresses_are_no_links(url: str) -> None:
    assert outer_link(url) == ""
