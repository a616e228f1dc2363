"""Bytes to text: UTF-8 first, then the encodings of Chinese, then a guess.

UTF-8 is tried strictly, since hardly anything else passes for it. What fails is decoded as each of
the other encodings that Chinese is written in, and the result that reads most like Chinese wins:
half of the characters of right text are among the 500 most frequent ones, and hardly any of text
decoded wrongly. Four characters tell GB18030 and Big5 apart this way; a statistical detector needs
forty, and is asked only when none of these encodings fits.
"""

import codecs
from functools import cache
from itertools import chain, islice, product
from typing import NamedTuple

from searcher.errors import ArticleError
from searcher.lazy_pattern import compile_late

MAX_BYTES = 16 * 1024 * 1024
"""Files above this size (bytes) are not read."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# GB18030 holds GB2312 and GBK. The two kinds of Big5 differ in their extensions only.
_BYTEWISE = ("utf-8", "gb18030", "big5hkscs", "cp950")
_WITH_NUL = ("utf-8", "utf-16-le", "utf-16-be")

# The most frequent characters of modern Chinese, simplified and traditional, and its punctuation.
_FREQUENT = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后"
    "作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因"
    "只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应"
    "战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿"
    "原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太"
    "量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界"
    "达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今"
    "切院让识候带导争运这個們來為國說時會對過發後裡種經學現當動還進樣開從實軍無與長機問業關點兩間將應"
    "戰頭體見產話門東聲員論處義幾條氣題爾別變總電數報結務場計單達權書則聽卻難許統區隊決馬讓識帶導爭運"
    "確觀術領覺傳師據規張邊類記設萬於並著嘅係唔佢咗，。、：；！？「」『』（）《》“”　…—·"
)
_WIDE = compile_late(r"[^\x00-\x7f]")
# Kana, bopomofo, Hangul, Greek, Cyrillic and private characters: where wrong decodings land.
_STRANGE = compile_late(r"[\u0370-\u052f\u3040-\u312f\uac00-\uf8ff\uff61-\uffdc\ufffd]")
_COMMON_WEIGHT = 0.4  # of a character that is common, where a frequent one has 1
_PRIOR = (3.0, 4)  # score and number of characters taken as seen before: names have rare ones
_ENOUGH = 0.5  # likeness from which a text is taken for Chinese
_SAMPLE = 5_000  # characters looked at
_TOLERATED = 0.01  # share of broken characters up to which a file counts as damaged, not as binary
_TOLERATED_IN_CHINESE = 0.1  # the same where the rest reads like Chinese
_FEW = 8  # broken characters that are tolerated there, however short the text is
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1b"))
_BINARY = "this is a binary file, not text"
_MOST_CONTROLS = 0.05  # share of control characters from which a file counts as binary


class Decoded(NamedTuple):
    """A file's text, how it was encoded, and what could not be read of it."""

    text: str
    encoding: str
    problems: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """Read the bytes of a file as text.

    A file that is damaged in a few places is read, with U+FFFD in these places and a problem.

    Args:
        data: the whole file.

    Raises:
        ArticleError: the bytes are no text, or in an encoding that is not recognised.

    >>> decode("普京".encode("gb18030")).text
    '普京'
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data[len(mark) :], encoding)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _detect(data)
    # Latin text in UTF-16 is formally UTF-8 too, with a NUL at every other place.
    return _detect(data) if "\0" in text else _checked(data, "utf-8", text)


def _detect(data: bytes) -> Decoded:
    encodings = _WITH_NUL if b"\0" in data else _BYTEWISE
    if encodings is _BYTEWISE and (mixed := _mixed(data)) is not None:
        return mixed
    scores = {name: _likeness(data.decode(name, "replace")) for name in encodings}
    best = max(scores, key=scores.__getitem__)
    if scores[best] >= _ENOUGH:
        return _checked(data, best)
    if b"\0" in data:
        raise ArticleError(_BINARY)

    # Imported here, as nearly every file is UTF-8.
    from charset_normalizer import from_bytes

    guess = from_bytes(data).best()
    if guess is None:
        raise ArticleError("encoding not recognised; save the file as UTF-8")
    note = f"encoding guessed as {guess.encoding}; save the file as UTF-8 if it reads wrong"
    return _checked(data, guess.encoding, str(guess))._replace(problems=(note,))


def _mixed(data: bytes) -> Decoded | None:
    """Read a file with lines in UTF-8 and lines in another encoding, None if this is no such file.

    A program that writes UTF-8 above a text in GBK makes such files.
    """
    lines = data.split(b"\n")
    others = [line for line in lines if not _is_utf8(line)]
    wide = b"\n".join(line for line in lines if not line.isascii() and _is_utf8(line))
    if not others or not wide or _likeness(wide.decode()) < _ENOUGH:
        return None
    rest = b"\n".join(others)
    scores = {name: _likeness(rest.decode(name, "replace")) for name in _BYTEWISE}
    best = max(scores, key=scores.__getitem__)
    # Lines of one encoding that happen to be UTF-8 read better in that encoding.
    if best == "utf-8" or _likeness(wide.decode(best, "replace")) >= _likeness(wide.decode()):
        return None
    text = "\n".join(
        line.decode() if _is_utf8(line) else line.decode(best, "replace") for line in lines
    )
    problem = f"mixed encodings: lines in utf-8 and in {best}; save the file as UTF-8"
    return _checked(data, "utf-8", text)._replace(problems=(problem,))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _likeness(text: str) -> float:
    """Say how much a text is like Chinese: 1 is most, 0 or less is not at all."""
    wide = [match.group() for match in islice(_WIDE.finditer(text), _SAMPLE)]
    if not wide:
        return float(text.count("\0") <= _MOST_CONTROLS * len(text))
    common = _common()
    frequent = sum(character in _FREQUENT for character in wide)
    other = sum(character in common for character in wide)
    strange = sum(1 for _ in _STRANGE.finditer("".join(wide)))
    score = frequent + _COMMON_WEIGHT * other - strange
    return (score + _PRIOR[0]) / (len(wide) + _PRIOR[1])


@cache
def _common() -> frozenset[str]:
    """Level 1 of GB2312 and of Big5: the common but not most frequent characters."""
    low_bytes = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    gb2312 = bytes(chain.from_iterable(product(range(0xB0, 0xD8), range(0xA1, 0xFF))))
    big5 = bytes(chain.from_iterable(product(range(0xA4, 0xC7), low_bytes)))
    characters = gb2312.decode("gb2312", "ignore") + big5.decode("big5", "ignore")
    return frozenset(filter("\u4dff".__lt__, characters)) - _FREQUENT


def _checked(data: bytes, encoding: str, text: str | None = None) -> Decoded:
    """Decode, unless it is done already, and refuse what is no text."""
    problems: tuple[str, ...] = ()
    if text is None:
        text = data.decode(encoding, "replace")
        # A file may contain U+FFFD of its own, where a program before us met the damage.
        damaged = text.count("\ufffd") - data.count("\ufffd".encode(encoding, "ignore") or b"\0")
        if damaged > _tolerated(text):
            raise ArticleError("too many damaged characters; save the file as UTF-8")
        if damaged > 0:
            problems = (f"damaged characters: {damaged} (read as {encoding})",)
    plain = data if encoding == "utf-8" else text.encode(errors="replace")
    if len(plain) - len(plain.translate(None, _CONTROLS)) > max(1, _MOST_CONTROLS * len(text)):
        raise ArticleError(_BINARY)
    return Decoded(text, encoding, problems)


def _tolerated(text: str) -> float:
    """The number of broken characters up to which a text is worth reading."""
    if _likeness(text) >= _ENOUGH:
        return max(_FEW, _TOLERATED_IN_CHINESE * len(text))
    return max(1, _TOLERATED * len(text))
