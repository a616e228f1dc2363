"""Exploring all matches, comparing queries and asking many of them, in a real browser."""

import csv
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from accessible import check_accessible
from playwright.sync_api import Browser, expect
from visits import rows_of, shoot, visit


def test_all_matches_are_explored(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/?q=乌克兰")
        page.get_by_role("link", name="Explore all matches").click()
        for name in ("Over time", "Names", "Named together", "Words that mark", "In context"):
            expect(page.get_by_role("region", name=name).first).to_be_visible()
        assert page.locator("svg.network circle").count() > 4
        page.get_by_text("Table", exact=True).first.click()
        check_accessible(page)
        shoot(page, "4-explore", whole=True)
        for link in page.get_by_role("link", name="Table (CSV)").all():
            with page.expect_download() as download:
                link.click()
            rows = rows_of(download.value)
            assert len(rows) > 2
            assert len({*map(len, rows)}) == 1
        for link in page.get_by_role("link", name="Picture (SVG)").all():
            with page.expect_download() as download:
                link.click()
            text = download.value.path().read_text(encoding="utf-8")
            assert text.startswith("<svg xmlns=")
            assert "href" not in text


def test_queries_are_compared(browser: Browser, site: str) -> None:
    with visit(browser, site) as page:
        page.goto("/?q=乌克兰")
        page.get_by_role("link", name="Compare", exact=True).click()
        fields = page.locator("form.compare input[name=q]")
        expect(fields.first).to_have_value("乌克兰")
        fields.nth(2).fill("航天")
        page.get_by_label("Per cent of all articles").check()
        page.get_by_role("button", name="Compare").click()
        expect(page.locator("svg .name")).to_have_text(["乌克兰", "航天"])
        address = parse_qs(urlsplit(page.url).query)
        assert address == {"q": ["乌克兰", "航天"], "share": ["1"]}
        check_accessible(page)
        shoot(page, "5-compare")
        with page.expect_download() as download:
            page.get_by_role("link", name="Table (CSV)").click()
        header, *_ = rows_of(download.value)
        assert header == ["period", "start", "乌克兰", "航天", "articles"]


def test_a_batch_with_its_progress(browser: Browser, site: str, tmp_path: Path) -> None:
    with visit(browser, site) as page:
        page.goto("/")
        page.get_by_role("link", name="Many queries").click()
        check_accessible(page)
        page.get_by_label("Queries, one in each line").fill('普京\na\t=拜登\n{"query": 3}\n航天')
        page.get_by_role("button", name="Run").click()
        state = page.locator(".state")
        expect(state).to_contain_text("4 of 4 answered · 1 could not be answered")
        expect(page.get_by_role("progressbar")).to_have_js_property("value", 4)
        assert page.locator(".run tbody tr").count() == 4
        check_accessible(page)
        shoot(page, "6-batch", whole=True)
        with page.expect_download() as download:
            page.get_by_role("link", name="Answers as JSON lines").click()
        answers = [
            json.loads(line)
            for line in download.value.path().read_text(encoding="utf-8").splitlines()
        ]
        assert [answer["id"] for answer in answers] == ["1", "a", "3", "4"]
        with page.expect_download() as download:
            page.get_by_role("link", name="Answers as CSV").click()
        kept = download.value.path().read_text(encoding="utf-8-sig")
        # The same as the server makes where there is no JavaScript.
        form = {"queries": '普京\na\t=拜登\n{"query": 3}\n航天', "format": "csv"}
        made = page.request.post("/batch", multipart={**form}).body().decode("utf-8-sig")
        assert [*csv.reader(kept.splitlines())] == [*csv.reader(made.splitlines())]
        assert "'=拜登" in kept


def test_a_batch_from_a_spreadsheet_can_be_stopped(
    browser: Browser, site: str, tmp_path: Path
) -> None:
    file = tmp_path / "queries.csv"
    file.write_text("id,query,since\n" + "".join(f"q{n},乌克兰 {n},2022\n" for n in range(9000)))
    with visit(browser, site) as page:
        page.goto("/batch")
        page.get_by_label("Or a file").set_input_files(file)
        page.get_by_role("button", name="Run").click()
        bar = page.get_by_role("progressbar")
        expect(bar).to_have_js_property("max", 9000)
        seen: list[int] = []
        while len(seen) < 3:
            value = bar.evaluate("bar => bar.value")
            if value not in (*seen, 0):
                seen.append(value)
        assert seen == sorted(seen)
        assert seen[-1] < 9000
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Run")).to_be_enabled()
        expect(page.get_by_role("link", name="Answers as CSV")).to_be_visible()
        assert page.locator(".run tbody tr").first.inner_text().startswith("乌克兰 0")
