"""``searcher eval``: how good the answers are, as numbers that anybody can print again."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from searcher import EvaluationError
from searcher.cli import options
from searcher.cli.language import told, tr
from searcher.cli.options import Argument, OfSearch, Option
from searcher.cli.progress import bar
from searcher.cli.render import Page, counted, say

if TYPE_CHECKING:
    from searcher import Article, Problem
    from searcher.evaluation.collections import Qrels
    from searcher.evaluation.measures import Measures
    from searcher.evaluation.runs import Run

HELP = "Measure how good the answers are."

EXAMPLES = {
    "words": """
Examples:
  searcher eval words pku_test_gold.utf8 --errors 20
""",
    "literal": """
Examples:
  searcher eval literal corpus --samples 200 --seed 7
""",
    "run": """
Examples:
  searcher eval run --docs docs.jsonl --queries queries.jsonl --qrels qrels.tsv
  searcher eval run --docs d.jsonl --queries q.jsonl --qrels q.tsv --expand --baseline jieba
  searcher eval run --docs d.jsonl --queries q.jsonl --qrels q.tsv --run today.trec
""",
    "compare": """
Examples:
  searcher eval compare today.trec yesterday.trec --qrels qrels.tsv
""",
}

QrelsFile = Annotated[
    str, Option("Judgements: TREC's four columns or BEIR's three.", metavar="FILE")
]

_SHOWN = 20


def words(
    *,
    gold: Annotated[str, Argument("Text cut into words by people, a sentence a line.", "GOLD")],
    errors: Annotated[
        int, Option("Print the N words that went wrong most often, too.", least=0, metavar="N")
    ] = 0,
    as_json: options.Json = False,
) -> int:
    """Look for the words of a text cut by people.

    Every word of 2 to 6 Han characters is a query. A line must be found where the word stands
    between word boundaries, and must not where one always runs through it.
    """
    from searcher.evaluation.words import measure_words

    with bar(tr("words")) as advance:
        figures = measure_words(gold, on_progress=advance)
    missed, false = _worst(figures.missed, errors), _worst(figures.false, errors)
    if as_json:
        _write_record(
            articles=figures.articles,
            words=figures.words,
            wanted=figures.wanted,
            unwanted=figures.unwanted,
            precision=round(figures.precision, 6),
            recall=round(figures.recall, 6),
            f1=round(figures.f1, 6),
            missed=sum(map(len, figures.missed.values())),
            false=sum(map(len, figures.false.values())),
            errors={"missed": missed, "false": false},
        )
        return 0
    say(
        tr(
            "{words}, {articles}; to be found: {wanted}, not to be found: {unwanted}",
            words=counted(figures.words, "word"),
            articles=counted(figures.articles, "article"),
            wanted=f"{figures.wanted:,}",
            unwanted=f"{figures.unwanted:,}",
        )
    )
    rows = [(name, f"{getattr(figures, name):.4f}") for name in ("precision", "recall", "f1")]
    rows += [(tr("missed {word}", word=word), str(count)) for word, count in missed.items()]
    rows += [(tr("false {word}", word=word), str(count)) for word, count in false.items()]
    _show_table(rows)
    return 0


def literal(
    *,
    corpus: Annotated[str, Argument("A folder of articles, or documents as in run.", "CORPUS")],
    samples: Annotated[int, Option("The number of strings.", least=1, metavar="N")] = 2000,
    seed: Annotated[int, Option("Another seed, other strings.", metavar="N")] = 1,
    as_json: options.Json = False,
) -> int:
    """Look for quoted random strings and compare with a plain scan.

    Exits with 1 when a string finds an article too few or too many.
    """
    from searcher.evaluation.collections import read_documents
    from searcher.evaluation.literal import measure_literal

    articles = list(read_documents(corpus, _say_problem))
    with bar(tr("strings")) as advance:
        figures = measure_literal(articles, samples=samples, seed=seed, on_progress=advance)
    if as_json:
        _write_record(
            articles=figures.articles,
            strings=figures.strings,
            contained=figures.contained,
            recall=round(figures.recall, 6),
            precision=round(figures.precision, 6),
            wrong=[
                {"text": w.text, "missed": sorted(w.missed), "false": sorted(w.false)}
                for w in figures.wrong
            ],
        )
        return 1 if figures.wrong else 0
    for wrong in figures.wrong[:_SHOWN]:
        say(
            tr(
                "{text}: missed {missed}; false {false}",
                text=repr(wrong.text),
                missed=_some(wrong.missed),
                false=_some(wrong.false),
            )
        )
    say(f"{counted(figures.strings, 'string')}, {counted(figures.articles, 'article')}")
    rows = [(name, f"{getattr(figures, name):.6f}") for name in ("precision", "recall")]
    _show_table([*rows, (tr("wrong strings"), str(len(figures.wrong)))])
    return 1 if figures.wrong else 0


def run(
    *,
    docs: Annotated[
        str, Option("Documents: JSON lines, id<TAB>text, or a folder of articles.", metavar="PATH")
    ],
    queries: Annotated[str, Option("Queries: JSON lines or id<TAB>query.", metavar="FILE")],
    qrels: QrelsFile,
    asked: Annotated[dict[str, Any], OfSearch("any", "strict", "aliases", "expand")],
    depth: Annotated[
        int, Option("Take so many documents for each query.", least=1, metavar="N")
    ] = 100,
    baseline: Annotated[
        Literal["none", "jieba"], Option("Compare with BM25 over jieba's words.")
    ] = "none",
    run_file: Annotated[
        str, Option("Write what was found in TREC's form.", "--run", metavar="FILE")
    ] = "",
    as_json: options.Json = False,
) -> int:
    """Measure answers by judgements.

    Searches a collection as searcher search does, unless options say else. Queries without text are
    left out.
    """
    from searcher.evaluation.baseline import JiebaBM25
    from searcher.evaluation.collections import read_documents, read_qrels, read_queries
    from searcher.evaluation.measures import Measures
    from searcher.evaluation.runs import write_run
    from searcher.evaluation.searching import search_all, temporary_index

    texts = read_queries(
        queries, lambda place: say(tr("{place}: empty query: left out", place=place))
    )
    judged = _judged(read_qrels(qrels), texts)
    measures = Measures(judged)
    articles = list(read_documents(docs, _say_problem))
    _check_documents(judged, articles)
    with bar(tr("done")) as advance:
        with temporary_index(articles, advance) as index:
            found = search_all(index, texts, depth=depth, on_progress=advance, **asked)
        runs = [("searcher", found)]
        if run_file:
            write_run(run_file, found)
        if baseline == "jieba":
            usual = JiebaBM25(articles, advance)
            runs.append((baseline, usual.search_all(texts, depth=depth, on_progress=advance)))
    say(f"{counted(len(judged), 'question')}, {counted(len(articles), 'document')}")
    _show_measures(measures, runs, as_json)
    return 0


def compare(
    *,
    first: Annotated[str, Argument("A run in TREC's form.", "RUN1")],
    second: Annotated[str, Argument("Another one.", "RUN2")],
    qrels: QrelsFile,
    as_json: options.Json = False,
) -> int:
    """Compare two runs by judgements.

    A difference is RUN1 less RUN2. Its p is how often one as large comes from runs that are
    equally good, by a paired randomisation test over the queries.
    """
    from searcher.evaluation.collections import read_qrels
    from searcher.evaluation.measures import Measures
    from searcher.evaluation.runs import parse_run

    runs = [(name, parse_run(name)) for name in (first, second)]
    judged = _judged(read_qrels(qrels), {**runs[0][1], **runs[1][1]})
    _show_measures(Measures(judged), runs, as_json)
    return 0


COMMANDS: tuple[Callable[..., int], ...] = (run, compare, words, literal)


def _judged(qrels: "Qrels", asked: Container[str]) -> "Qrels":
    """The judgements of the queries that were asked."""
    judged = {query: grades for query, grades in qrels.items() if query in asked}
    if not judged:
        raise EvaluationError(
            tr("no query has judgements; queries and qrels must have the same ids")
        )
    if len(judged) < len(qrels):
        questions = counted(len(qrels) - len(judged), "judged question")
        say(tr("left out: {questions} that nobody asked", questions=questions))
    return judged


def _check_documents(qrels: "Qrels", articles: "Iterable[Article]") -> None:
    ids = {article.id for article in articles}
    relevant = {id_ for grades in qrels.values() for id_, grade in grades.items() if grade > 0}
    if not relevant & ids:
        raise EvaluationError(
            tr(
                "no relevant document is in the collection; "
                "documents and qrels must have the same ids"
            )
        )
    if missing := len(relevant - ids):
        documents = counted(missing, "relevant document")
        say(tr("not in the collection: {documents}", documents=documents))


def _show_measures(measures: "Measures", runs: "Sequence[tuple[str, Run]]", as_json: bool) -> None:
    from searcher.evaluation.compare import side_by_side

    lines = side_by_side(*(measures.of(run) for _, run in runs))
    names = [name for name, _ in runs]
    if as_json:
        _write_record(
            queries=measures.queries,
            runs=names,
            measures={line.measure: [round(mean, 6) for mean in line.means] for line in lines},
            comparison={line.measure: asdict(line.comparison) for line in lines if line.comparison},
        )
        return
    rows = [["", *names] + (_comparison_heads() if runs[1:] else [])]
    for line in lines:
        row = [line.measure, *(f"{mean:.4f}" for mean in line.means)]
        if found := line.comparison:
            row += [f"{found.difference:+.4f}", f"{found.p:.4f}"]
            row += [str(found.better), str(found.equal), str(found.worse)]
        rows.append(row)
    _show_table(rows)


def _comparison_heads() -> list[str]:
    return [tr("difference"), "p", tr("better"), tr("equal"), tr("worse")]


def _show_table(rows: Sequence[Sequence[str]]) -> None:
    page = Page()
    page.show(page.table(rows))


def _write_record(**values: Any) -> None:
    from searcher.cli.records import write_record
    from searcher.records import FORMAT_VERSION

    write_record({"format_version": FORMAT_VERSION, **values})


def _worst(wrong: "Mapping[str, Collection[str]]", number: int) -> dict[str, int]:
    """The ``number`` words with the most articles."""
    counts = {word: len(ids) for word, ids in wrong.items()}
    return dict(sorted(counts.items(), key=lambda item: -item[1])[:number])


def _some(ids: Collection[str]) -> str:
    return ", ".join([*sorted(ids)[:3], *(["..."] if len(ids) > 3 else [])]) or tr("none")


def _say_problem(problem: "Problem") -> None:
    say(f"{problem.path}: {told(problem.message)}")
