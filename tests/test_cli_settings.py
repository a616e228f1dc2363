"""``searcher.toml``: what it may say, what goes before it, and what is wrong with it."""

from pathlib import Path

import pytest
from console import call, run


def write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "searcher.toml").write_text(text, "utf-8")


def test_where_index_and_sources_are(own_news: Path) -> None:
    (own_news / "corpus").rename(own_news / "news")
    write(own_news, 'index = "my.index"\nsources = ["news"]\n')
    run("index", cwd=own_news, expect=0)
    assert (own_news / "my.index").is_dir()
    assert run("search", "普京", "--count", cwd=own_news, expect=0).out != "0\n"
    variables = {"SEARCHER_INDEX": "other"}
    assert "'other'" in call("search", "普京", cwd=own_news, env=variables, expect=2).err
    assert "'third'" in call("search", "普京", "--index", "third", cwd=own_news, expect=2).err


def test_the_lexicon(own_news: Path) -> None:
    (own_news / "words.txt").write_text("视频通话 = 云会晤\n", "utf-8")
    write(own_news, 'lexicon = "words.txt"\n')
    call("index", cwd=own_news, expect=0)
    assert call("search", "云会晤", "--files", cwd=own_news, expect=0).out == "corpus/call.md\n"


def test_defaults_of_options(own_news: Path) -> None:
    call("index", cwd=own_news, expect=0)
    write(own_news, "[options.search]\nlimit = 1\n")
    assert len(call("search", "*", "--files", cwd=own_news).out.splitlines()) == 1
    assert len(call("search", "*", "--files", "-n", "3", cwd=own_news).out.splitlines()) == 3


def test_the_file_of_the_folder_goes_before_that_of_the_user(own_news: Path) -> None:
    variables = {"XDG_CONFIG_HOME": str(own_news / "home")}
    user = own_news / "home" / "searcher"
    write(user, 'index = "i"\nlexicon = "w.txt"\n[fields]\ntitle = "a"\nbody = "b"\n')
    write(own_news, 'index = "here"\n[fields]\ntitle = "c"\n[options.search]\naliases = false\n')
    shown = call("config", "--json", cwd=own_news, env=variables, expect=0).record
    assert shown["files"] == ["searcher.toml", str(user / "searcher.toml")]
    settings = {each["key"]: (each["value"], each["from"]) for each in shown["settings"]}
    assert settings == {
        "index": ("here", "searcher.toml"),
        "sources": ("those that the index has, or corpus", "default"),
        "lexicon": (str(user / "w.txt"), str(user / "searcher.toml")),
        "fields.title": ("c", "searcher.toml"),
        "fields.body": ("b", str(user / "searcher.toml")),
        "options.search.aliases": (False, "searcher.toml"),
    }
    variables |= {"SEARCHER_INDEX": "env", "SEARCHER_CORPUS": "news"}
    text = call("config", cwd=own_news, env=variables, expect=0).out
    assert "env  ($SEARCHER_INDEX)" in text
    assert "news  ($SEARCHER_CORPUS)" in text


def test_without_a_file(own_news: Path) -> None:
    assert "index  (default)" in call("config", cwd=own_news, expect=0).out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("indx = 'a'", "no key 'indx'"),
        ("index = 5", "index must be text"),
        ("index = ''", "index must be text"),
        ("sources = 'news'", "list of folders"),
        ("sources = []", "list of folders"),
        ("sources = [5]", "each of sources must be text"),
        ("lexicon = ['a']", "lexicon must be text"),
        ("fields = 5", "fields must be a table"),
        ("[fields]\ntitle = 5", "fields.title must be text"),
        ("options = 5", "options must be a table"),
        ("[options]\nsearch = 5", "options.search must be a table"),
        ("[options.search]\nlimt = 5", "no key 'options.search.limt'"),
        ("[options.search]\nquery = 'a'", "no key 'options.search.query'"),
        ("[options.search]\nlimit = 'a'", "options.search.limit must be a whole number"),
        ("[options.search]\nlimit = true", "options.search.limit must be a whole number"),
        ("[options.search]\nlimit = 1.5", "options.search.limit must be a whole number"),
        ("[options.search]\nfresh = 'a'", "options.search.fresh must be a number"),
        ("[options.search]\nany = 1", "options.search.any must be true or false"),
        ("[options.search]\nsort = 'a'", "options.search.sort must be one of relevance"),
        ("[options.search]\nauthor = 5", "options.search.author must be text"),
        ("index = ", "cannot be read as TOML"),
        ("a = " + "[" * 3000, "cannot be read as TOML"),
        ("#" * (1 << 21), "larger than"),
    ],
)
def test_what_is_wrong(own_news: Path, text: str, message: str) -> None:
    write(own_news, text)
    answer = call("search", "普京", cwd=own_news, expect=2)
    assert answer.err.startswith("searcher: searcher.toml")
    assert message in answer.err
    assert len(answer.err.splitlines()) == 1


def test_what_is_wrong_for_another_command_is_shown_by_config(own_news: Path) -> None:
    write(own_news, "[options.serch]\nlimit = 5\n")
    assert "no key 'options.serch'" in call("config", cwd=own_news, expect=2).err
    write(own_news, "[options.index]\njobs = 0\n")
    assert "1 or more" in call("config", cwd=own_news, expect=2).err
    write(own_news, "[options.index]\nexclude = 'a'\n")
    assert "list of texts" in call("config", cwd=own_news, expect=2).err
