"""A cluster answers as the embedded engine does: built, changed, after articles were removed."""

import random
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from equality import compare
from queries import queries
from running import Nodes, name, needs_nodes, nodes, own_cache

from searcher import (
    Article,
    IndexLockedError,
    IndexNotFoundError,
    build_index,
    open_index,
    open_writer,
    publish_index,
)
from searcher.write.open_writer import Writer

pytestmark = [needs_nodes, pytest.mark.usefixtures("own_cache")]

FIXTURES = (name, nodes, own_cache)
"""pytest finds them in this module."""

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"


def articles(number: int, seed: int = 1) -> list[Article]:
    """Articles of sentences of the sample corpus, put together by chance."""
    chance = random.Random(seed)
    texts = [path.read_text("utf-8") for path in sorted(CORPUS.rglob("*.md"))[:40]]
    lines = [
        line for text in texts for line in text.split("\n") if len(line) > 15 and ":" not in line
    ]
    found = []
    for at in range(number):
        body = "\n".join(chance.sample(lines, chance.randint(1, 12)))
        date = datetime(2020, 1, 1 + chance.randrange(28), 8, tzinfo=timezone.utc)
        found.append(
            Article(
                id=f"a{at:05}", path=f"made/{at}.md", title=chance.choice(lines)[:30], body=body,
                date=chance.choice([date, date, None]), author=chance.choice(["", "张三", "李四"]),
                source=chance.choice(["", "远望通讯", "news.example.org"]),
                categories=(chance.choice(["国际", "财经"]),), url="https://example.org/a",
            )
        )  # fmt: skip
    return found


def both(folder: Path, address: str) -> tuple[Writer, Writer]:
    return open_writer(folder), open_writer(address)


def assert_equal(folder: Path, address: str, number: int, seed: int) -> None:
    with open_index(folder) as local, open_index(address) as remote:
        assert len(local) == len(remote)
        found = compare(local, remote, list(queries(local, [], number, seed)))
        assert found.differences == []


def test_changes_and_deletions_are_seen_as_in_a_folder(
    nodes: Nodes, name: str, tmp_path: Path
) -> None:
    folder, address = tmp_path / "index", nodes.address(name)
    made = articles(400)
    build_index(made, folder, jobs=1)
    assert build_index(made, address, jobs=1).added == 400
    assert_equal(folder, address, 80, 1)

    with open_index(address) as opened:
        before = opened.search("新闻").total, opened.commit
        for writer in both(folder, address):
            with writer:
                assert writer.delete([f"a{at:05}" for at in range(0, 400, 3)]) == 134
                writer.add(articles(450, seed=2)[380:])
        assert opened.commit == before[1]
        assert (opened.search("新闻").total, len(opened)) == (before[0], 400)
        assert opened.refresh()
        assert len(opened) == 400 - 134 + 50 + sum(at % 3 == 0 for at in range(380, 400))
    assert_equal(folder, address, 80, 2)

    # Once more from the sources, which are compared.
    changed = [*articles(300), *articles(330, seed=3)[300:]]
    local = build_index(changed, folder, jobs=1, replace=True)
    remote = build_index(changed, address, jobs=1, replace=True)
    assert replace(local, seconds=0) == replace(remote, seconds=0)
    assert_equal(folder, address, 80, 3)


def test_folders_are_followed(nodes: Nodes, name: str, tmp_path: Path) -> None:
    source, address = tmp_path / "news", nodes.address(name)
    source.mkdir()
    for at in range(5):
        (source / f"{at}.md").write_text(f"# 标题{at}\n\n普京第{at}次访华。\n", "utf-8")
    assert build_index(source, address, jobs=1).added == 5
    (source / "0.md").unlink()
    (source / "1.md").write_text("# 标题\n\n拜登访华。\n", "utf-8")
    report = build_index(source, address, jobs=1)
    assert (report.added, report.changed, report.removed, report.unchanged) == (0, 1, 1, 3)
    report = build_index(source, address, jobs=1)
    assert (report.unchanged, report.committed) == (4, False)
    with open_index(address) as index:
        assert [index.search(query).total for query in ("普京", "拜登", '"次访华"')] == [3, 1, 3]
        assert index.get("news/1.md") is None
        assert "1.md" in index
        assert index.check(deep=True) == []
    assert build_index(source, address, jobs=1, rebuild=True).added == 4


def test_one_writes_at_a_time(nodes: Nodes, name: str) -> None:
    address = nodes.address(name)
    with open_writer(address) as writer:
        writer.add(articles(3))
        with pytest.raises(IndexLockedError, match="another process writes"):
            open_writer(address)
        with pytest.raises(IndexLockedError):
            build_index(articles(2), address, jobs=1)
    with open_writer(address) as writer:
        assert writer.delete("a00001") == 1
    with open_index(address) as index:
        assert len(index) == 2


def test_parts_make_one_index(nodes: Nodes, name: str, tmp_path: Path) -> None:
    address = nodes.address(name)
    made = articles(90)
    with pytest.raises(IndexNotFoundError):
        publish_index(address)
    added = [build_index(made, address, jobs=1, part=(number, 3)).added for number in (1, 2)]
    with pytest.raises(IndexNotFoundError):
        open_index(address)
    added.append(build_index(made, address, jobs=1, part=(3, 3)).added)
    assert sum(added) == 90
    build_index(made, tmp_path / "index", jobs=1)
    assert_equal(tmp_path / "index", address, 40, 4)
    # A new one beside it, of which one part is published.
    assert build_index(made, address, jobs=1, part=(1, 2)).added
    assert 0 < publish_index(address) < 90


def test_a_plain_text_of_any_characters_is_found(nodes: Nodes, name: str, tmp_path: Path) -> None:
    address, folder = nodes.address(name), tmp_path / "index"
    odd = [
        "a|b^c_d $e",
        "𠮷野家😀开张",
        "x\u2028y\u00a0z",
        "\ue000私用\uf8ff区",
        "_ ^ _ ^",
        "|1 |2",
    ]
    made = [
        Article(id=f"o{at}", path=f"o{at}", title=text, body=f"正文{text}完")
        for at, text in enumerate(odd)
    ]
    for place in (folder, address):
        build_index(made, place, jobs=1)
    with open_index(folder) as local, open_index(address) as remote:
        for text in [
            "|b^c",
            "𠮷野",
            "😀",
            "\ue000私",
            "_ ^",
            "^",
            "|",
            "_",
            "|1 |",
            "野家😀",
            "y z",
        ]:
            quoted = f'"{text}"'
            a, b = local.search(quoted), remote.search(quoted)
            assert [hit[:4] for hit in a] == [hit[:4] for hit in b], text
            assert a.total == b.total


def test_more_than_one_page_of_results(nodes: Nodes, name: str, tmp_path: Path) -> None:
    address, folder = nodes.address(name), tmp_path / "index"
    made = [
        Article(id=f"p{at}", path=f"p{at}", title="短", body=f"短文{at % 7}")
        for at in range(10_300)
    ]
    for place in (folder, address):
        build_index(made, place, jobs=1)
    with open_index(folder) as local, open_index(address) as remote:
        for options in ({"offset": 10_200}, {"sort": "newest", "offset": 9_995}, {"limit": 10_100}):
            a = local.search("短文", snippets=False, **options)
            b = remote.search("短文", snippets=False, **options)
            assert [hit.id for hit in a] == [hit.id for hit in b]
        assert len(remote.facets("短文", "year").facets) == 1


def test_a_long_pasted_text_is_searched(nodes: Nodes, name: str, tmp_path: Path) -> None:
    address, folder = nodes.address(name), tmp_path / "index"
    made = articles(60)
    for place in (folder, address):
        build_index(made, place, jobs=1)
    texts = [made[7].body * 4, " ".join(article.title for article in made), made[3].body[:900]]
    texts.append(" OR ".join(f'"{article.title[:4]}"' for article in made * 4))
    with open_index(folder) as local, open_index(address) as remote:
        for text in texts:
            a, b = local.search(text[:4000]), remote.search(text[:4000])
            assert a.total == b.total
            assert [hit.id for hit in a] == [hit.id for hit in b]
