"""A search command on tutorial Whoosh, as one would write it: typer, ten highlighted hits."""

from pathlib import Path
from typing import Annotated

import typer
from whoosh.index import open_dir
from whoosh.qparser import MultifieldParser

app = typer.Typer()
Folder = Annotated[Path, typer.Option("--index")]


@app.command()
def search(query: str, index: Folder = Path("index"), limit: int = 10) -> None:
    """Print the best articles for a query."""
    opened = open_dir(index)
    with opened.searcher() as searcher:
        parsed = MultifieldParser(["title", "body"], opened.schema).parse(query)
        found = searcher.search(parsed, limit=limit)
        typer.echo(f"{len(found)} articles")
        for hit in found:
            day = f"{hit['date']:%Y-%m-%d}" if "date" in hit else ""
            line = f"{hit.rank + 1:2} {hit['title']}  {day}  {hit.score:.2f}"
            typer.echo(f"{line}\n   {hit.highlights('body')}")


@app.command()
def count(query: str, index: Folder = Path("index")) -> None:
    """Print how many articles match a query."""
    opened = open_dir(index)
    with opened.searcher() as searcher:
        parsed = MultifieldParser(["title", "body"], opened.schema).parse(query)
        typer.echo(len(searcher.search(parsed, limit=1)))


if __name__ == "__main__":
    app()
