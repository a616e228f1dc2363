"""Texts that are hard to get right: hypothesis strategies, and the same at random from a seed."""

import random
import string
from collections.abc import Sequence

from hypothesis import strategies as st

from searcher.ingest.plain_text import clean

WORDS = (
    "拜登 普京 和 与 的 美国 总统 乌克兰 俄罗斯 克里姆林宫 国防部长 中国农业发展银行 "
    "中华人民共和国 华人 布林肯 发展 经济 视频通话 莫斯科 北京 新闻 记者 报道 一 二十 第三 年 月 "
    "日 亿"
).split()
TRADITIONAL = "澤倫斯基 烏克蘭 總統 著名 裏 台灣 臺北 發展 華人 俄羅斯 國防部長 後 颱風".split()
RUNS = (
    "F-35 F35 SK-II COVID-19 PM2.5 5G C919 3.6.3 17.5万 12% 2021年12月5日 12月5日 3月 5日 12时30分 "
    "1,234,567 a.b@example.com https://example.com/a?b=1 O'Brien don’t AT&T x_y C++ ½ ² ① Ⅳ ３．５ "
    "Ｆ－３５ iPhone14 100万亿 3‰"
).split()
PUNCTUATION = list("，。！？；：、…—－～·•・‧“”「」『』﹁﹂｢｣《》（） \u3000\n") + list(
    string.punctuation
)
# Emoji of several units, Han of every extension and compatibility, kana, Hangul, marks, and the
# neighbours of the surrogates.
RARE = list(
    "😀👨‍👩‍👧🇨🇳𠮷𪚥𰻞㐀䶿豈﨎龥鿿々〇あアｱㅎ한ǅßİıſẞéé\u0301\u0323\u200b\u200d\ufe0f"
    "\ud7ff\ue000\uf8ff\ufdd0\ufffd\uffff\U0010ffff\u2028\x85\xa0\xad"
)

_PIECES: list[Sequence[str]] = [WORDS, TRADITIONAL, RUNS, PUNCTUATION, RARE]

characters = st.one_of(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    st.sampled_from([c for words in _PIECES for word in words for c in word]),
)
pieces = st.one_of(*map(st.sampled_from, _PIECES), characters)


def texts(most: int = 12) -> st.SearchStrategy[str]:
    """Texts of up to ``most`` words, runs, marks and odd characters, nothing between them."""
    return st.lists(pieces, max_size=most).map("".join)


def random_text(chance: random.Random, most: int = 30) -> str:
    """The same from a seed; more words than oddities, as in an article."""
    weights = (12, 3, 4, 6, 2)
    kinds = chance.choices(_PIECES, weights, k=chance.randint(0, most))
    return "".join(chance.choice(kind) for kind in kinds)


def without_controls(text: str) -> str:
    """Blanks for control characters other than line ends."""
    return "".join(" " if c != "\n" and (c < " " or "\x7f" <= c < "\xa0") else c for c in text)


def as_indexed(text: str) -> str:
    """As an article's text is indexed: blanks for control characters, and nothing invisible."""
    return clean(without_controls(text))
