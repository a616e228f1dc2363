"""What a person does on the pages, in a real browser."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from accessible import check_accessible
from playwright.sync_api import Browser, expect
from visits import asked, rows_of, shoot, visit

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def test_search_open_and_back(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/")
        check_accessible(page)
        shoot(page, "1-home")
        page.get_by_role("combobox").fill("普京 拜登")
        page.get_by_role("button", name="Search").click()
        assert asked(page) == {"q": "普京 拜登"}
        expect(page.locator(".total")).to_contain_text("articles in")
        first = page.locator(".hit a.open").first
        assert page.locator(".hit mark").count() > 4
        check_accessible(page)
        shoot(page, "2-results")
        title = first.inner_text()
        first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        check_accessible(page)
        shoot(page, "3-article")
        page.go_back()
        assert asked(page) == {"q": "普京 拜登"}
        expect(page.locator(".hit a.open").first).to_have_text(title)


@pytest.mark.parametrize(
    ("typed", "term"), [("冬奥", "冬奥会"), ("puj", "普京"), ("乌克兰 puj", "乌克兰 普京")]
)
def test_words_are_completed(browser: Browser, site: str, typed: str, term: str) -> None:
    with visit(browser, site) as page:
        page.goto("/")
        box = page.get_by_role("combobox")
        box.press_sequentially(typed, delay=20)
        options = page.get_by_role("option")
        wanted = options.filter(has_text=term.split()[-1]).first
        expect(wanted).to_be_visible()
        check_accessible(page)
        place = [text.split()[0] for text in options.all_inner_texts()].index(term.split()[-1])
        for _ in range(place + 1):
            box.press("ArrowDown")
        box.press("Enter")
        expect(box).to_have_value(term)
        assert options.count() == 0
        box.press("Enter")
        expect(page.locator(".hit").first).to_be_visible()
        assert asked(page) == {"q": term}


def test_a_facet_narrows(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/?q=乌克兰")
        side = page.get_by_role("complementary", name="Narrow the search")
        link = side.get_by_role("region", name="Year").get_by_role("link").first
        count = link.locator("xpath=..").locator(".count").inner_text()
        link.click()
        expect(page.locator(".total")).to_contain_text(f"{count} article")
        page.go_back()
        names = page.get_by_text("People, places, organisations")
        names.click()
        people = page.locator(".side section", has_text="People")
        expect(people).to_be_visible()
        check_accessible(page)
        people.get_by_role("link", name="普京").click()
        assert "普京" in asked(page)["q"]


def test_a_range_is_drawn_on_the_timeline(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/?q=*&page=2")
        box = page.locator(".timeline svg").bounding_box()
        periods = page.locator(".timeline a[data-period]").evaluate_all(
            "bars => bars.map(bar => bar.dataset.period)"
        )
        assert box is not None
        step = box["width"] / len(periods)
        y = box["y"] + 40
        page.mouse.move(box["x"] + 8.5 * step, y)
        page.mouse.down()
        page.mouse.move(box["x"] + 5.5 * step, y, steps=4)
        page.mouse.move(box["x"] + 3.5 * step, y, steps=4)
        assert page.locator(".timeline a.drawn").count() == 6
        page.mouse.up()
        page.wait_for_url("**since=*")
        values = asked(page)
        assert values == {"q": "*", "since": periods[3], "until": periods[8]}
        expect(page.get_by_role("list", name="Filters")).to_contain_text(periods[3])
        check_accessible(page)
        # One bar is a link.
        page.go_back()
        page.mouse.click(box["x"] + 0.5 * step, y)
        page.wait_for_url("**since=*")
        assert asked(page) == {"q": "*", "since": periods[0], "until": periods[0]}


def test_near_duplicates_are_folded(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/?q=拜登 普京 视频通话")
        before = page.locator(".hit").count()
        page.get_by_role("link", name="Fold near-duplicates").click()
        folded = page.get_by_role("link", name="1 near-duplicate is folded into this")
        expect(folded).to_be_visible()
        assert page.locator(".hit").count() == before - 1
        folded.click()
        group = page.get_by_role("region", name="Near-duplicates of this article")
        expect(group).to_be_visible()
        expect(group.get_by_role("link")).to_have_count(1)
        check_accessible(page)
        shown = page.url
        group.get_by_role("link").click()
        assert urlsplit(page.url).path != urlsplit(shown).path


def test_an_article_says_why_and_leads_on(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/?q=普京 拜登")
        page.locator("a.open").first.click()
        page.get_by_role("button", name="Next match").click()
        expect(page.locator("mark.current")).to_have_count(1)
        page.get_by_role("button", name="Next match").click()
        assert page.locator("mark").nth(1).get_attribute("class") == "current"
        page.get_by_text("Why it was found").click()
        expect(page.locator(".why table").first).to_contain_text("普京")
        check_accessible(page)
        page.get_by_role("link", name="Permanent link").click()
        assert asked(page) == {}
        page.locator(".related a").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_only_the_keyboard(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("/")
        expect(page.get_by_role("combobox")).to_be_focused()
        page.keyboard.type("乌克兰")
        page.keyboard.press("Enter")
        expect(page.locator(".hit").nth(2)).to_be_visible()
        titles = page.locator("a.open").all_inner_texts()
        for key in "jjk":
            page.keyboard.press(key)
        assert page.locator(":focus").inner_text() == titles[0]
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("next and previous result")
        check_accessible(page)
        shoot(page, "8-keys")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.keyboard.press("n")
        page.keyboard.press("n")
        assert page.locator("mark").nth(1).get_attribute("class") == "current"
        page.go_back()
        # The bars of the timeline are one stop; the arrow keys go along them.
        bars = page.locator(".timeline a[data-period]")
        assert bars.evaluate_all("bars => bars.filter(bar => bar.tabIndex === 0).length") == 1
        bars.first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        periods = bars.evaluate_all("bars => bars.map(bar => bar.dataset.period)")
        page.keyboard.press("Enter")
        page.wait_for_url("**since=*")
        assert asked(page) == {"q": "乌克兰", "since": periods[1], "until": periods[3]}


@pytest.mark.parametrize("path", ["/", "/?q=乌克兰", "/explore?q=乌克兰", "/compare?q=a", "/batch"])
def test_on_a_phone(browser: Browser, site: str, path: str) -> None:
    with visit(browser, site, **PHONE) as page:
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390
        check_accessible(page)


@pytest.mark.parametrize(
    ("language", "said"), [("zh-CN", "篇文章，用时"), ("zh-TW", "篇文章，用時")]
)
def test_in_the_dark_in_chinese_on_a_phone(
    browser: Browser, site: str, language: str, said: str
) -> None:
    options = {**PHONE, "color_scheme": "dark", "locale": language}
    with visit(browser, site, **options) as page:
        for path in ("/explore?q=普京", "/batch", "/compare?q=普京&q=拜登", "/?q=普京"):
            page.goto(path)
            check_accessible(page)
        expect(page.locator(".total")).to_contain_text(said)
        if language == "zh-CN":
            shoot(page, "7-phone-dark-chinese")
        page.locator("a.open").first.click()
        check_accessible(page)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(23, 23, 22)"


def test_without_javascript(browser: Browser, site: str, tmp_path: Path) -> None:
    with visit(browser, site, java_script_enabled=False) as page:
        page.goto("/")
        page.get_by_label("What to look for").fill("乌克兰")
        page.get_by_role("button", name="Search").click()
        page.get_by_text("Options").click()
        page.get_by_label("From").fill("2022")
        page.get_by_label("Order").select_option("oldest first")
        page.get_by_role("button", name="Search").click()
        assert asked(page).items() >= {"q": "乌克兰", "since": "2022", "sort": "oldest"}.items()
        bar = page.locator(".timeline a[data-period]").nth(1)
        period = bar.get_attribute("data-period")
        bar.click()
        assert asked(page)["until"] == period
        page.go_back()
        page.locator(".side a").first.click()
        page.locator("a.open").first.click()
        page.locator(".matches a").nth(1).click()
        assert page.url.endswith("#match-2")
        page.goto("/explore?q=乌克兰")
        expect(page.locator("svg.chart")).to_be_visible()
        page.goto("/compare?q=乌克兰&q=&q=航天&q=")
        expect(page.locator("svg .name")).to_have_text(["乌克兰", "航天"])
        file = tmp_path / "queries.csv"
        file.write_text("id,query\nx,航天\n")
        page.goto("/batch")
        page.get_by_label("Or a file").set_input_files(file)
        with page.expect_download() as download:
            page.get_by_role("button", name="Answers as CSV").click()
        rows = rows_of(download.value)
        assert {row[0] for row in rows[1:]} == {"x"}


def test_pages_are_accessible_before_scripts_run(browser: Browser, site: str) -> None:
    # axe-core needs JavaScript, so that of the pages is left out.
    with visit(browser, site) as page:
        page.route(
            "**/*.js?*", lambda route: route.fulfill(body="", content_type="text/javascript")
        )
        for path in ("/", "/?q=乌克兰", "/explore?q=乌克兰", "/compare?q=a", "/batch", "/keys"):
            page.goto(path)
            check_accessible(page)


def test_nothing_found_and_errors(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/?q=pujing")
        page.get_by_role("link", name="普京").click()
        expect(page.locator(".hit").first).to_be_visible()
        page.goto("/?q=没有没有没有")
        check_accessible(page)
    # The browser itself tells of answers that are errors.
    with visit(browser, site, "status of 400") as page:
        page.goto("/?q=x&since=gestern")
        expect(page.get_by_role("alert")).to_contain_text("since")
        check_accessible(page)


def test_on_paper(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/?q=普京")
        page.emulate_media(media="print")
        for hidden in ("header", "footer", ".side", ".timeline", ".order"):
            assert not page.locator(hidden).first.is_visible()
        expect(page.locator(".hit").first).to_be_visible()
        assert len(page.pdf()) > 1000


def test_the_first_view_is_small(browser: Browser, site: str) -> None:
    sizes = []
    with visit(browser, site) as page:
        page.on("response", lambda response: sizes.append(len(response.body())))
        page.goto("/?q=乌克兰", wait_until="networkidle")
    assert len(sizes) >= 4
    assert sum(sizes) < 100_000


HOSTILE_PATHS = [
    "/", "/?q=火星", "/?q=火星&sort=oldest&unique=1", "/explore?q=火星", "/explore?q=*",
    "/compare?q=火星&q=<script>alert(5)</script>&q=\"><img src=x onerror=alert(6)>", "/batch",
    *(f"/articles/a000{number}?q=火星" for number in range(5)),
]  # fmt: skip


def test_hostile_articles_do_nothing(browser: Browser, hostile_site: str) -> None:
    with visit(browser, hostile_site) as page:
        for path in HOSTILE_PATHS:
            page.goto(path)
            page.keyboard.press("j")
            links = page.locator("a[href]").evaluate_all(
                "all => all.map(a => new URL(a.getAttribute('href'), location.href).href)"
            )
            for link in links:
                assert re.match(rf"{hostile_site}/|https://news\.example\.org/", link), link
            for details in page.locator("details > summary").all():
                details.click()
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 1280, path
        page.goto("/")
        page.get_by_role("combobox").press_sequentially("火", delay=20)
        expect(page.get_by_role("option").first).to_be_visible()
        page.goto("/batch")
        page.get_by_label("Queries, one in each line").fill(
            '火星\n<script>alert(7)</script>\n"><img src=x onerror=alert(8)>'
        )
        page.get_by_role("button", name="Run").click()
        expect(page.locator(".state")).to_contain_text("3 of 3")
        assert page.locator(".run img, .run script").count() == 0
