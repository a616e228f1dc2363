"""Queries from a spreadsheet."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from console import call

from searcher.csv_rows import COLUMNS


def answered(news: Path, file: Path, *more: str, expect: int = 0) -> list[dict[str, str]]:
    answer = call("batch", str(file), *more, cwd=news, expect=expect)
    return [*csv.DictReader(StringIO(answer.out))]


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "queries.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_one_row_a_hit(news: Path, tmp_path: Path) -> None:
    file = write(
        tmp_path, "topic,Query,until,note\nwar,普京,2021,a\nrates,利率,,b\nnone,没有的词语,,c\n"
    )
    rows = answered(news, file)
    assert [*rows[0]] == ["topic", "note", "query", "total", *COLUMNS, "error", "notes"]
    assert [(r["topic"], r["note"], r["query"], r["total"], r["path"]) for r in rows] == [
        ("war", "a", "普京", "1", "call.md"),
        ("rates", "b", "利率", "1", "rates.md"),
        ("none", "c", "没有的词语", "0", ""),
    ]


def test_one_row_a_query(news: Path, tmp_path: Path) -> None:
    file = write(tmp_path, "query,source\n普京,\n普京,晨光\n没有的词语,\n")
    rows = answered(news, file, "--summary")
    assert [*rows[0]] == ["query", "total", "first", "last", "sources", "error", "notes"]
    assert [[*row.values()][1:5] for row in rows] == [
        ["2", "2021-12-05", "2022-02-04", "晨光日报 (1); 远方通讯社 (1)"],
        ["1", "2022-02-04", "2022-02-04", "晨光日报 (1)"],
        ["0", "", "", ""],
    ]
    rows = answered(news, file, "--summary", "--until", "2021")
    assert [row["total"] for row in rows] == ["1", "0", "0"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_as_spreadsheets_write_it(news: Path, tmp_path: Path, encoding: str) -> None:
    file = write(tmp_path, '"主题","query"\r\n"战争, ""大""","普京"\r\n\r\n', encoding)
    rows = answered(news, file)
    assert [row["主题"] for row in rows] == ['战争, "大"'] * 2


def test_wrong_rows(news: Path, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "query,limit,any,since\n普京,x,,\n普京,1,maybe,\n普京,,,someday\n普京,1,yes,\n普京,1,no,,5\n普京\n",
    )
    rows = answered(news, file, expect=2)
    assert [row["error"] for row in rows] == [
        "row 2: limit must be a number, not 'x'",
        "row 3: any must be yes or no, not 'maybe'",
        rows[2]["error"],
        "",
        "row 6 has 5 cells, the header 4",
        "",
        "",
    ]
    assert rows[2]["error"].startswith("since: ")


def test_other_files_are_as_before(news: Path, tmp_path: Path) -> None:
    file = write(tmp_path, "普京\n奥运\n")
    records = call("batch", str(file), cwd=news, expect=0).records
    assert [record["query"] for record in records] == ["普京", "奥运"]
    answer = call("batch", str(file), "--summary", cwd=news, expect=2)
    assert "a column called query" in answer.err
    assert call("batch", "nothing.csv", cwd=news, expect=2).err.startswith("searcher: No such file")


def test_a_cell_that_is_too_large(news: Path, tmp_path: Path) -> None:
    file = write(tmp_path, f"query\n{'x' * 200_000}\n")
    answer = call("batch", str(file), cwd=news, expect=2)
    assert answer.err.startswith("searcher: row 2 of the file cannot be read: ")
