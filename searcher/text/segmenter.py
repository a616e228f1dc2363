"""Cutting runs of Han characters into words with jieba's dictionary, its HMM off.

rjieba does the work where it is installed, jieba otherwise; both give the same words, but where
two ways to cut are exactly as likely (最最/最, 最/最最). The text must be folded. Dictionary words
that folding changes (著名 is compared as 着名) are added in their folded form from
``folded_words.txt``, which ``python -m searcher.text.segmenter`` prints anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from searcher.text.folding import fold
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from searcher.text.lexicon import Lexicon

_GENERIC_ENDINGS = tuple(
    "大街 大学 西岸 东岸 群岛 半岛 共和国 王国 海峡 海湾 地区 运河 山脉 高原 公司 集团 机场".split()
) + tuple("国人语文族裔州省市县区郡镇城岛山河湖海湾港宫")
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻苏潘葛范彭郎鲁韦马苗"
    "凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅卞齐康伍余元卜顾孟黄和穆萧尹姚邵汪祁"
    "毛狄米贝明戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯"
    "管卢莫房解应宗丁宣邓洪包诸左石崔吉龚程邢裴陆荣翁荀甄曲封储靳段焦侯谷车全班仰仲宁甘厉武符刘景"
    "詹龙叶黎薄白蒲卓池乔翟谭劳申冉桂牛寿边燕冀尚温庄晏柴阎连习鱼容向古易廖居衡步耿文匡寇广关沙游"
    "曾丰红楚闫涂敖"
)
_RUNS = re.compile(f"[{HAN}]+|[^{HAN}]")
_HAN_RUN = re.compile(f"[{HAN}]")
_FAR_MORE = 100
_PREPOSITIONS = "和与及跟向由从被"
_FOLDED_WORDS = Path(__file__).with_name("folded_words.txt")


class Additions(NamedTuple):
    """What a lexicon adds to the dictionary, worked out: (word, frequency, tag) in order."""

    words: tuple[tuple[str, int, str], ...]
    transliterated: frozenset[str]


class Segmenter:
    """Cuts folded Han text into words.

    ``engine`` is "rjieba", "jieba" or None for the faster one that is there. Loading takes 0.1 s
    with rjieba and 0.6 s with jieba. Working out what a lexicon of 15,000 words adds takes 0.2 s;
    with ``additions``, those of another segmenter, that is saved.

    >>> Segmenter().cut("拜登和普京")
    ['拜登', '和', '普京']
    """

    def __init__(
        self,
        lexicon: Lexicon | None = None,
        engine: str | None = None,
        *,
        additions: Additions | None = None,
    ) -> None:
        self.engine, self._tokenizer = _load(engine)
        if additions is None:
            additions = Additions(
                tuple(self._worked_out(lexicon)),
                lexicon.transliterated() if lexicon else frozenset(),
            )
        else:
            for word, frequency, tag in additions.words:
                self._add(word, frequency, tag)
        self.additions = additions

    def _add(self, word: str, frequency: int, tag: str) -> None:
        if self.engine == "jieba":
            # jieba counts a word that it had already twice, rjieba only once.
            self._tokenizer.total -= self._tokenizer.FREQ.get(word, 0)
        self._tokenizer.add_word(word, frequency, tag)

    def _worked_out(self, lexicon: Lexicon | None) -> Iterator[tuple[str, int, str]]:
        """Add the words of a lexicon and those that folding changes; gives each as added."""
        add = self._add
        for line in _FOLDED_WORDS.read_text("utf-8").splitlines():
            if line[0] != "#":
                word, frequency, tag = line.split()
                add(word, int(frequency), tag)
                yield word, int(frequency), tag
        cut = self.cut
        for word, entry in lexicon.words.items() if lexicon else ():
            for preposition in _PREPOSITIONS:
                # jieba's dictionary has 和普京 and 由李强 for words.
                if self._in_dictionary(preposition + word):
                    add(preposition + word, 0, "x")
                    yield preposition + word, 0, "x"
            # A word that is cut as one already keeps its frequency, and so its neighbours theirs.
            if entry.frequency is not None or len(cut(word)) > 1:
                often = self._frequency(word) if entry.frequency is None else entry.frequency
                add(word, often, entry.tag)
                yield word, often, entry.tag

    @cached_property
    def cut(self) -> Callable[[str], list[str]]:
        """A function from a text to its words, in order; they join to the text again."""
        tokenizer = self._tokenizer
        if self.engine == "rjieba":
            return partial(tokenizer.cut, hmm=False)
        # jieba's own door sees no words in Han characters beyond U+9FD5 or of Extension A.
        cut_run = tokenizer._Tokenizer__cut_DAG_NO_HMM

        def cut(text: str) -> list[str]:
            pieces: list[str] = []
            for run in _RUNS.findall(text):
                pieces += cut_run(run) if _HAN_RUN.match(run) else [run]
            return pieces

        return cut

    def is_word(self, text: str) -> bool:
        """Whether ``text`` is a word that segmentation can give."""
        # Most of what is asked for is in no dictionary, which is told sooner.
        return len(text) == 1 or (bool(self._in_dictionary(text)) and self.cut(text) == [text])

    def parts(self, word: str) -> frozenset[tuple[int, int]]:
        """The words inside a word, as (start, end): those that a reader sees there.

        These are the words that it begins and ends with, their parts in turn, and inside it what
        both cuts agree on, the one after its first word and the one before its last: 农业 in
        中国农业发展银行, never 华人 in 中华人民共和国 nor 中国 in 发展中国家. A person's name has
        the given name (小平 in 邓小平). A name spelt by sound has only what is left without a
        generic ending (克里姆林 in 克里姆林宫).

        >>> sorted(Segmenter().parts("国防部长"))
        [(0, 2), (0, 3), (2, 4)]
        """
        length = len(word)
        if length < 3:
            return frozenset()
        tag = self._tag(word)
        if tag == "nrt" or word in self.additions.transliterated:
            return self._parts_of_transliteration(word)
        if tag == "nr" and length == 3 and word[0] in _SURNAMES:
            return frozenset([(1, 3)])
        first = [end for end in range(2, length) if self._begins(word, end)]
        last = [start for start in range(1, length - 1) if self.is_word(word[start:])]
        ends = [(0, end) for end in first] + [(start, length) for start in last]
        found = set(ends)
        for start, end in ends:
            if end - start > 2:
                found.update((start + a, start + b) for a, b in self.parts(word[start:end]))
        # In three characters no place is neither at the beginning nor at the end.
        if length > 3:
            after = {span for end in first or [1] for span in self._spans(word, end, length)}
            if after:
                starts = last or [length - 1]
                found |= after & {span for start in starts for span in self._spans(word, 0, start)}
        if len(found) > 1:
            found -= {span for span in found if self._is_doubtful(word, span, found)}
        return frozenset(found)

    def _begins(self, word: str, end: int) -> bool:
        # What follows must begin with a word, too: 中央军 is none in 中央军事委员会.
        if not self.is_word(word[:end]):
            return False
        rest = word[end:]
        return len(rest) == 1 or len(self.cut(rest)[0]) > 1

    def _is_doubtful(self, word: str, span: tuple[int, int], others: set[tuple[int, int]]) -> bool:
        """Whether a part crosses one that is far more common: 防部 crosses 国防 in 国防部."""
        start, end = span
        crossed = [(a, b) for a, b in others if a < start < b < end or start < a < end < b]
        if not crossed:
            return False
        often = self._frequency(word[start:end])
        return any(self._frequency(word[a:b]) > _FAR_MORE * often for a, b in crossed)

    def _frequency(self, word: str) -> int:
        return int(self._tokenizer.suggest_freq(word))

    def _parts_of_transliteration(self, word: str) -> frozenset[tuple[int, int]]:
        for ending in _GENERIC_ENDINGS:
            stem = len(word) - len(ending)
            if word.endswith(ending) and stem > 1 and self.is_word(word[:stem]):
                spans = {(0, stem), (stem, len(word))} if len(ending) > 1 else {(0, stem)}
                return frozenset(spans)
        return frozenset()

    def _spans(self, word: str, start: int, end: int) -> set[tuple[int, int]]:
        spans: set[tuple[int, int]] = set()
        if end - start > 1:
            for piece in self.cut(word[start:end]):
                if len(piece) > 1:
                    spans.add((start, start + len(piece)))
                start += len(piece)
        return spans

    @cached_property
    def _in_dictionary(self) -> Callable[[str], object]:
        """A function from a word to something true if the dictionary has it."""
        known: Callable[[str], object]
        known = self._tokenizer.has_word if self.engine == "rjieba" else self._tokenizer.FREQ.get
        return known

    def _tag(self, word: str) -> str:
        if self.engine == "rjieba":
            return str(self._tokenizer.tag(word, False)[0][1])
        own = self._tokenizer.user_word_tag_tab.get(word)
        return str(own or _jieba_tags().get(word, "x"))


def _load(engine: str | None) -> tuple[str, Any]:
    if engine != "jieba":
        try:
            return "rjieba", _rjieba().Jieba()
        except ImportError:
            if engine == "rjieba":
                raise
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return "jieba", tokenizer


def _rjieba() -> Any:
    """The module of rjieba that has its class.

    The package around it loads a dictionary for itself when it is imported: 0.1 s and 30 MB that
    nobody needs, so it is not imported where that can be avoided.
    """
    from importlib.machinery import PathFinder
    from importlib.util import find_spec, module_from_spec

    inner = "rjieba.rjieba"
    if inner not in sys.modules:
        package = find_spec("rjieba")
        spec = PathFinder.find_spec(inner, package.submodule_search_locations) if package else None
        if spec is None or spec.loader is None:
            return import_module("rjieba")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        # Who imports the package later gets this one.
        sys.modules[inner] = module
    return sys.modules[inner]


@lru_cache(maxsize=1)
def _jieba_tags() -> dict[str, str]:
    import jieba.posseg

    return dict(jieba.posseg.POSTokenizer(jieba.dt).word_tag_tab)


def folded_words() -> Iterator[str]:
    """The lines of ``folded_words.txt``: dictionary words rarer when folded, and words to drop."""
    import jieba

    with jieba.get_dict_file() as file:
        entries = [line.decode().split() for line in file]
    known = {word: int(frequency) for word, frequency, _ in entries}
    best: dict[str, tuple[int, str]] = {}
    for word, frequency, tag in entries:
        folded = fold(word)
        if folded != word and int(frequency) > known.get(folded, 0):
            best[folded] = max(best.get(folded, (0, "")), (int(frequency), tag))
    # Names that a preposition sticks to (从华山, 向慈禧) are no words: frequency 0 takes them out.
    tags = {word: tag for word, _, tag in entries}
    for word, frequency in known.items():
        rest = word[1:]
        if word[0] not in _PREPOSITIONS or tags.get(rest) not in ("nr", "ns", "nrt", "nt"):
            continue
        if len(rest) > 1 and frequency < 30 and known[rest] > 10 * frequency:
            best[word] = 0, tags[word]
    for folded, (frequency, tag) in sorted(best.items()):
        if all(character > "\u2fff" for character in folded):
            yield f"{folded} {frequency} {tag}"


if __name__ == "__main__":
    sys.stdout.write("# Words of jieba's dictionary (MIT) in the form that folding gives them.\n")
    sys.stdout.writelines(f"{line}\n" for line in folded_words())
