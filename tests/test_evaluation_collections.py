"""Reading documents, queries and judgements in all their forms."""

from pathlib import Path

import pytest

from searcher.errors import EvaluationError
from searcher.evaluation.collections import read_documents, read_qrels, read_queries
from searcher.ingest.walk import Problem

IR = Path(__file__).parents[2] / "shared" / "data" / "ir"


def written(folder: Path, content: str | bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        '{"id": "d1", "title": "标题", "text": "普京。"}\n\n{"id": "d2", "text": "拜登。"}\n',
        '\ufeff{"_id": "d1", "title": "标题", "text": "普京。", "metadata": {}}\r\n'
        '{"_id": "d2", "title": "", "text": "拜登。"}',
        '{"id": "d1", "title": "标题", "body": "普京。"}\nd2\t拜登。\n',
    ],
    ids=["ours", "BEIR", "mixed"],
)
def test_documents(tmp_path: Path, content: str) -> None:
    first, second = read_documents(written(tmp_path, content))
    assert (first.id, first.title, first.body) == ("d1", "标题", "普京。")
    assert (second.id, second.title, second.body) == ("d2", "", "拜登。")


def test_documents_hold_no_control_characters(tmp_path: Path) -> None:
    path = written(tmp_path, '{"id": 7, "title": "一\\n二\\u0001", "text": "三\\u0001\\n四"}')
    (article,) = read_documents(path)
    assert (article.id, article.title) == ("7", "一二")
    assert article.body.split("\n")[-1] == "四"
    assert "\x01" not in article.body


def test_a_folder_of_articles(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    written(tmp_path, "---\ntitle: 标题\n---\n普京。\n", "sub/good.md")
    written(tmp_path, bytes(range(256)) * 9, "bad.md")
    problems: list[Problem] = []
    (article,) = read_documents(tmp_path, problems.append)
    assert (article.path, article.title, article.body) == ("sub/good.md", "标题", "普京。")
    assert len(article.id) == 10
    assert [problem.path for problem in problems] == ["bad.md"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "has no documents"),
        ('{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}', "line 2: there is a document 'a'"),
        ('{"id": "a"}', "line 1: no text"),
        ('{"text": "x"}', "line 1: None is no id"),
        ('{"id": "a b", "text": "x"}', "line 1: 'a b' is no id"),
        ('{"id": "a", "text": "x"}\n{"id": ', "line 2: not a JSON object"),
        ("[" * 9, "line 1: no text"),
        ("a\tx\nb", "line 2: no text"),
        (b"a\tx\nb\t\xff", "line 2: not UTF-8"),
    ],
)
def test_documents_that_are_none(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        list(read_documents(written(tmp_path, content)))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"nothing cannot be read: No such file"):
        list(read_documents(tmp_path / "nothing"))


@pytest.mark.parametrize(
    "content",
    [
        '{"id": "q2", "query": "普京是谁？", "answers": []}\n{"id": "q1", "query": "拜登"}',
        '{"_id": "q2", "text": "普京是谁？"}\n{"_id": "q1", "text": "拜登"}',
        "q2\t普京是谁？\nq1\t拜登\n",
    ],
    ids=["ours", "BEIR", "plain"],
)
def test_queries(tmp_path: Path, content: str) -> None:
    queries = read_queries(written(tmp_path, content))
    assert list(queries.items()) == [("q2", "普京是谁？"), ("q1", "拜登")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\n", "has no queries"),
        ("q1", "line 1: no query"),
        ("q1\t ", "has no queries"),
        ('{"id": "q1", "query": ["x"]}', "line 1: no query"),
        ("q1\tx\nq1\ty", "line 2: there is a query 'q1' already"),
    ],
)
def test_queries_that_are_none(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        read_queries(written(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        "q1\t0\td1\t2\nq1\t0\td2\t-1\nq2\t0\td1\t0\n",
        "q1 Q0 d1 2\nq1 Q0  d2 -1\nq2 Q0 d1 0\n",
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t-1\nq2\td1\t0\n",
    ],
    ids=["tabs", "spaces", "BEIR"],
)
def test_judgements(tmp_path: Path, content: str) -> None:
    qrels = read_qrels(written(tmp_path, content))
    assert qrels == {"q1": {"d1": 2, "d2": -1}, "q2": {"d1": 0}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "has no judgements"),
        ("query-id\tcorpus-id\tscore\n", "has no judgements"),
        ("q1 0 d1 high", "line 1: not a judgement"),
        ("q1\td1\t1\nq1\td2\tscore", "line 2: not a judgement"),
        ("q1 0 d1 1 5", "line 1: not a judgement"),
        ("q1 0 d1 1\nq1 0 d1 0", "line 2: 'd1' has a grade for 'q1' already"),
    ],
)
def test_judgements_that_are_none(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        read_qrels(written(tmp_path, content))


@pytest.mark.skipif(not IR.is_dir(), reason="the test collections are not here")
@pytest.mark.parametrize(("name", "size"), [("rgb", 225), ("drcd", 7017)])
def test_the_real_collections(name: str, size: int) -> None:
    queries, qrels = (
        read_queries(IR / f"{name}_queries.jsonl"),
        read_qrels(IR / f"{name}_qrels.tsv"),
    )
    assert len(queries) == size
    assert queries.keys() == qrels.keys()
