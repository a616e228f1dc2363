"""A search command on tantivy-py, as one would write it: typer, rjieba, ten highlighted hits."""

from pathlib import Path
from typing import Annotated, Any

import rjieba
import tantivy
import typer

app = typer.Typer()
Folder = Annotated[Path, typer.Option("--index")]


def _open(folder: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(folder))
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    index.register_tokenizer("words", words.filter(tantivy.Filter.lowercase()).build())
    return index


def _parse(index: tantivy.Index, text: str) -> tantivy.Query:
    words = [word for word in rjieba.cut(text, hmm=False) if word.isalnum()]
    return index.parse_query(" ".join(words), ["title", "body"], conjunction_by_default=True)


@app.command()
def search(query: str, index: Folder = Path("index"), limit: int = 10) -> None:
    """Print the best articles for a query."""
    opened = _open(index)
    searcher = opened.searcher()
    parsed = _parse(opened, query)
    snippets = tantivy.SnippetGenerator.create(searcher, parsed, opened.schema, "body")
    found: Any = searcher.search(parsed, limit)
    typer.echo(f"{found.count} articles")
    for rank, (score, address) in enumerate(found.hits, 1):
        document = searcher.doc(address)
        title = (document.get_first("title") or "").replace("\t", "")
        date = document.get_first("date")
        day = f"{date:%Y-%m-%d}" if date else ""
        snippet = snippets.snippet_from_doc(document).to_html().replace("\t", "")
        typer.echo(f"{rank:2} {title}  {day}  {score:.2f}\n   {snippet}")


@app.command()
def count(query: str, index: Folder = Path("index")) -> None:
    """Print how many articles match a query."""
    opened = _open(index)
    found: Any = opened.searcher().search(_parse(opened, query), 1)
    typer.echo(found.count)


if __name__ == "__main__":
    app()
