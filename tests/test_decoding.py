import codecs
import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.errors import ArticleError
from searcher.ingest.decoding import decode

SIMPLIFIED = "美国总统拜登和俄罗斯总统普京周二举行视频通话，讨论乌克兰局势。"
TRADITIONAL = "美國總統拜登和俄羅斯總統普京週二舉行視訊通話，討論烏克蘭局勢。"


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, decode(text.encode(encoding)).encoding, ())


@pytest.mark.parametrize("encoding", ["big5", "big5hkscs", "cp950"])
def test_big5(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding)).text == TRADITIONAL


def test_hong_kong_characters() -> None:
    text = "佢哋喺銅鑼灣嗰度食嘢，係咪好𠻹呀？唔該晒。"
    assert decode(text.encode("big5hkscs")).text == text


def test_gb2312() -> None:
    assert decode(SIMPLIFIED.encode("gb2312")).text == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["---\ntitle: 普京\n---\n拜登\n", "plain English text\n"])
def test_utf16_without_a_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("拜登普京", "gb18030"),
        ("曲艺木偶皮影优秀", "gb18030"),
        ("布林肯访华", "gb18030"),
        ("布林肯訪華", "gb18030"),
        ("拜登與普京", "big5"),
        ("蔡英文談話", "big5"),
        ("台灣立法院", "big5"),
        ("---\ntitle: 台風\n---\n", "big5"),
        ("---\ntitle: 台风\n---\n", "gb18030"),
    ],
)
def test_a_few_characters_suffice(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(("text", "encoding"), [(SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5")])
def test_every_piece_of_eight_characters(text: str, encoding: str) -> None:
    for start in range(len(text) - 8):
        piece = text[start : start + 8]
        assert decode(piece.encode(encoding)).text == piece


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_damaged_in_one_place(encoding: str) -> None:
    data = (TRADITIONAL * 20).encode(encoding)
    text, _, problems = decode(data[:60] + b"\xff" + data[60:-1])
    assert text.startswith("美國總統拜登")
    assert "烏克蘭局勢" in text[-12:]
    assert problems
    assert "damaged characters" in problems[0]


@pytest.mark.parametrize(("text", "encoding"), [(SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5")])
def test_a_block_in_utf8_over_another_encoding(text: str, encoding: str) -> None:
    block = "---\ntitle: 央行宣布降准\n---\n"
    found = decode(block.encode() + text.encode(encoding))
    assert found.text == block + text
    assert "mixed encodings" in found.problems[0]


def test_lines_that_happen_to_be_utf8_do_not_mix() -> None:
    data = "联通\n移动电信\n中国新闻网记者\n".encode("gb18030")
    assert decode(data).text == "联通\n移动电信\n中国新闻网记者\n"


def test_three_broken_bytes_in_a_short_text() -> None:
    data = "中国人民银行周五宣布下调金融机构存款准备金率".encode()
    found = decode(data[:9] + b"\xff" + data[9:30] + b"\xfe\xff" + data[30:])
    assert found.text == "中国人\ufffd民银行周五宣布\ufffd\ufffd下调金融机构存款准备金率"
    assert found.problems == ("damaged characters: 3 (read as utf-8)",)


def test_a_replacement_character_of_the_file_is_no_damage() -> None:
    assert decode("拜登\ufffd普京".encode()).problems == ()


def test_other_encodings_are_guessed_and_said() -> None:
    text = "これは日本語の記事です。東京で開かれた会議について伝えます。"
    found = decode(text.encode("shift_jis"))
    assert found.text == text
    assert "guessed" in found.problems[0]


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x08\x06\x00\x00\x00" + bytes(64),
        bytes(1000),
        bytes(range(256)) * 8,
        random.Random(0).randbytes(5000),
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + random.Random(1).randbytes(5000),
        b"\x01\x02\x03\x04\x05 text" * 10,
    ],
)
def test_binary_files_are_refused(data: bytes) -> None:
    with pytest.raises(ArticleError):
        decode(data)


def test_undecodable_bytes_are_refused() -> None:
    noise = bytes(random.Random(2).choices(range(0x80, 0x100), k=5000))
    with pytest.raises(ArticleError, match="UTF-8"):
        decode(noise)


def test_control_characters_alone_are_not_binary() -> None:
    assert decode(b"a\0b" + b"text " * 20).text.startswith("a\0b")


def test_empty() -> None:
    assert decode(b"").text == ""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_comes_back(text: str) -> None:
    assert decode(codecs.BOM_UTF8 + text.encode()).text == text


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(ArticleError):
        assert isinstance(decode(data).text, str)
