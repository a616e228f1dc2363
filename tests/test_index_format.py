"""``docs/index-format.md`` lists what the schema and the manifest have, no more and no less."""

import json
import re
from pathlib import Path

import numpy as np
from library import article, build

from searcher.store import schema
from searcher.store.container import MAGIC, ContainerReader

TEXT = (Path(__file__).parents[1] / "docs" / "index-format.md").read_text("utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+?) \|(.*)\|$", re.MULTILINE)


def chapter(title: str) -> str:
    """The text below a heading, with the headings below it."""
    level = title.index(" ")
    end = rf"^#{{1,{level}}} |\Z"
    found = re.search(rf"^{re.escape(title)}.*?\n(.*?)(?={end})", TEXT, re.DOTALL | re.MULTILINE)
    assert found is not None, title
    return found[1]


def sections(title: str) -> dict[str, set[str]]:
    """The names and types of all sections below a heading; F stands for each field of terms."""
    fields = [field.name for field in schema.INDEXED_FIELDS if field.kind != "bigrams"]
    found: dict[str, set[str]] = {}
    for name, types, _ in ROW.findall(chapter(title)):
        names = [name.replace("F.", f"{f}.") for f in fields] if "F." in name else [name]
        for each in names:
            assert each not in found, each
            found[each] = {np.dtype(each_type).str for each_type in types.split(" or ")}
    return found


def as_documented(listed: list[schema.Section]) -> dict[str, set[str]]:
    return {section.name: set(section.dtypes) for section in listed}


def test_the_sections_of_a_segment_file() -> None:
    assert sections("## Segment file") == as_documented(schema.segment_sections())


def test_the_sections_of_the_lexicon_file(tmp_path: Path) -> None:
    assert sections("## Lexicon file") == as_documented([*schema.LEXICON_SECTIONS])
    build(tmp_path, [article(1)])
    (path,) = (tmp_path / "index").glob("*.lex")
    container = ContainerReader(path)
    written = {name: {container.place(name)[2]} for name in container.names()}
    assert written == as_documented([*schema.LEXICON_SECTIONS])


def test_how_columns_are_merged() -> None:
    rows = ROW.findall(chapter("### Columns"))
    documented = {name: rest.rsplit("|", 1)[1].strip() for name, _, rest in rows}
    assert documented == {column.name: column.merge for column in schema.COLUMNS}


def test_the_fields_of_terms_are_named() -> None:
    (heading,) = re.findall(r"^### Fields of terms: (.*)$", TEXT, re.MULTILINE)
    fields = [field.name for field in schema.INDEXED_FIELDS if field.kind != "bigrams"]
    assert heading == ", ".join(f"`{name}`" for name in fields)


def test_the_fields_of_a_stored_document() -> None:
    (fields,) = re.findall(r"^fields +::= (.*)$", TEXT, re.MULTILINE)
    in_header = [field for field in schema.STORED_FIELDS if field.kind != "text"]
    single = [field.name for field in in_header if field.kind == "line"]
    assert fields == f"{' US '.join(single)} (US category)*"
    assert [field.name for field in in_header][len(single) :] == ["categories"]


def test_the_keys_of_the_manifest(tmp_path: Path) -> None:
    build(tmp_path, [article(1)])
    (path,) = (tmp_path / "index").glob("*.json")
    documented = {name for name, _, _ in ROW.findall(chapter("## Manifest"))}
    assert set(json.loads(path.read_bytes())) == documented


def test_the_format_and_the_magic() -> None:
    assert TEXT.startswith(f"# The index on disk\n\nFormat {schema.FORMAT}.")
    assert f'"{MAGIC.decode()}"' in TEXT
    assert f"| `format` | number | {schema.FORMAT}:" in TEXT


def test_every_file_that_is_linked_is_there() -> None:
    links = re.findall(r"\]\(\.\./([^)]+)\)", TEXT)
    assert len(links) > 8
    for link in links:
        assert (Path(__file__).parents[1] / link).is_file(), link
