"""The segmenter: cuts Han text into words, and finds the shorter words inside a word.

Segmentation is jieba's with its HMM off, by jieba's dictionary, its corrections in
``folded_words.txt`` and the words of the lexicon. The text must be folded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from searcher.lazy_pattern import compile_late

if TYPE_CHECKING:
    from searcher.text.dictionary import Dictionary
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

_HAN = compile_late("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")

MIN_PART_LENGTH = 2
"""Single characters are no parts: the bigram index finds them."""

MAX_CROSSING_RATIO = 100
"""A part is dropped if one that crosses it is more than this many times as frequent."""


class Additions(NamedTuple):
    """What a segmenter adds to jieba's dictionary.

    ``words`` are (word, frequency, tag) in the order in which they are added; ``transliterated``
    are the words of the lexicon that are spelt by sound.
    """

    words: tuple[tuple[str, int, str], ...]
    transliterated: frozenset[str]


class Segmenter:
    """Cuts folded Han text into words.

    ``engine`` is "rjieba", "jieba" or None for the faster one installed. Loading takes 0.1 s with
    rjieba and 0.6 s with jieba; deriving the additions of a lexicon of 15,000 words takes 0.2 s,
    which is saved if ``additions``, those of another segmenter, are given instead of the lexicon,
    or a function that returns them.

    ``trie`` is what :mod:`searcher.text.dictionary_file` has kept of a segmenter with these
    additions. It gives the same words; the dictionary is then loaded only for what it does not
    know.

    >>> Segmenter().cut("拜登和普京")
    ['拜登', '和', '普京']
    """

    cut: Callable[[str], list[str]]
    """A function from a text to its words, in order; they join to the text again."""

    def __init__(
        self,
        lexicon: Lexicon | None = None,
        engine: str | None = None,
        *,
        additions: Additions | Callable[[], Additions] | None = None,
        trie: Any = None,
    ) -> None:
        self._engine = engine
        self._lexicon = lexicon
        self._given = additions
        self.trie = trie
        # Bound once: it is called for every word of a text.
        self.cut = self.dictionary.cut if trie is None else self._cut_by_trie

    @cached_property
    def dictionary(self) -> Dictionary:
        """The dictionary with the additions."""
        return self._loaded[0]

    @cached_property
    def additions(self) -> Additions:
        """What was added to the dictionary."""
        return self._given if isinstance(self._given, Additions) else self._loaded[1]

    @cached_property
    def _loaded(self) -> tuple[Dictionary, Additions]:
        from searcher.text.dictionary import load_dictionary

        dictionary = load_dictionary(self._engine)
        given = self._given
        if given is None:
            lexicon = self._lexicon
            words = tuple(_add_derived(dictionary, lexicon))
            return dictionary, Additions(
                words, lexicon.transliterated() if lexicon else frozenset()
            )
        additions = given if isinstance(given, Additions) else given()
        for word, frequency, tag in additions.words:
            dictionary.add(word, frequency, tag)
        return dictionary, additions

    def use_trie(self, trie: Any) -> None:
        """Cut by a trie from now on: see the class."""
        self.trie = trie
        self.cut = self._cut_by_trie

    def _cut_by_trie(self, text: str) -> list[str]:
        words: list[str] | None = self.trie.cut(text)
        return self.dictionary.cut(text) if words is None else words

    def is_word(self, text: str) -> bool:
        """Whether ``text`` is one word: a single character, or one that ``cut`` leaves whole."""
        if len(text) == 1:
            return True
        # Most texts asked for are not in the dictionary, which is cheaper to find out.
        has = self.dictionary.has if self.trie is None else self._trie_has
        return bool(has(text)) and self.cut(text) == [text]

    def _trie_has(self, text: str) -> object:
        # A text with other characters than Han is not in the trie, but may be in the dictionary.
        return self.trie.node(text) >= 0 or (not _HAN.fullmatch(text) and self.dictionary.has(text))

    def parts(self, word: str) -> frozenset[tuple[int, int]]:
        """The shorter words inside a word, as (start, end) in it, two characters or longer.

        These are

        - words with which it begins or ends, and their parts in turn (部长 in 国防部长);
        - words inside it that two segmentations have in common, that of what follows one of the
          first words and that of what precedes one of the last: 农业 in 中国农业发展银行, but not
          华人 in 中华人民共和国, nor 中国 in 发展中国家;
        - of a Chinese person's name of three characters, the given name (小平 in 邓小平);
        - of a transliterated word only what is left without a generic ending (克里姆林 in
          克里姆林宫), and the ending if it is a word of two characters or more.

        A part that crosses a far more frequent one is left out (防部 in 国防部).

        >>> sorted(Segmenter().parts("国防部长"))
        [(0, 2), (0, 3), (2, 4)]
        """
        length = len(word)
        if length <= MIN_PART_LENGTH:
            return frozenset()
        known = None if self.trie is None else self.trie.parts(word)
        if known is not None:
            return frozenset(known)
        of_name = self._parts_of_name(word, self.dictionary.tag(word), self.is_word)
        if of_name is not None:
            return of_name
        first_ends = [end for end in range(2, length) if self._is_first_word(word, end)]
        last_starts = [start for start in range(1, length - 1) if self.is_word(word[start:])]
        outer = [(0, end) for end in first_ends] + [(start, length) for start in last_starts]
        parts = set(outer)
        for start, end in outer:
            parts.update((start + a, start + b) for a, b in self.parts(word[start:end]))
        # In three characters, two that are neither the first nor the last do not exist.
        if length > 3:
            parts |= self._inner_words(word, first_ends or [1], last_starts or [length - 1])
        if len(parts) > 1:
            parts -= {part for part in parts if self._crosses_more_frequent(word, part, parts)}
        return frozenset(parts)

    def given_parts(
        self, words: Iterable[str], tag: Callable[[str], str], is_word: Callable[[str], bool]
    ) -> dict[str, tuple[tuple[int, int], ...]]:
        """The parts of those of some words that are names: they follow from more than the words."""
        given = {}
        for word in words:
            if len(word) > MIN_PART_LENGTH:
                parts = self._parts_of_name(word, tag(word), is_word)
                # What is cut in two is no token, and its tag is that of its first word.
                if parts is not None and is_word(word):
                    given[word] = tuple(sorted(parts))
        return given

    def _parts_of_name(
        self, word: str, tag: str, is_word: Callable[[str], bool]
    ) -> frozenset[tuple[int, int]] | None:
        """The parts of a word that is transliterated or the name of a Chinese person, or None."""
        if tag == "nrt" or word in self.additions.transliterated:
            return _parts_of_transliteration(word, is_word)
        if tag == "nr" and len(word) == 3 and word[0] in _SURNAMES:
            return frozenset([(1, 3)])
        return None

    def _is_first_word(self, word: str, end: int) -> bool:
        """Whether ``word[:end]`` is a word and what follows begins with one of 2 characters, too.

        中央军 is not the first word of 中央军事委员会, as 事 begins what follows.
        """
        if not self.is_word(word[:end]):
            return False
        rest = word[end:]
        return len(rest) == 1 or len(self.cut(rest)[0]) > 1

    def _inner_words(
        self, word: str, first_ends: list[int], last_starts: list[int]
    ) -> set[tuple[int, int]]:
        """Words found both after one of the first words and before one of the last."""
        after = {span for end in first_ends for span in self._word_spans(word, end, len(word))}
        if not after:
            return after
        return after & {span for start in last_starts for span in self._word_spans(word, 0, start)}

    def _word_spans(self, word: str, start: int, end: int) -> set[tuple[int, int]]:
        """Where the words of two characters or more of ``word[start:end]`` stand in ``word``."""
        spans: set[tuple[int, int]] = set()
        for piece in self.cut(word[start:end]):
            if len(piece) >= MIN_PART_LENGTH:
                spans.add((start, start + len(piece)))
            start += len(piece)
        return spans

    def _crosses_more_frequent(
        self, word: str, part: tuple[int, int], parts: set[tuple[int, int]]
    ) -> bool:
        """Whether a part overlaps a far more frequent one that does not contain it."""
        start, end = part
        crossing = [(a, b) for a, b in parts if a < start < b < end or start < a < end < b]
        if not crossing:
            return False
        limit = MAX_CROSSING_RATIO * self.dictionary.frequency(word[start:end])
        return any(self.dictionary.frequency(word[a:b]) > limit for a, b in crossing)


def _parts_of_transliteration(
    word: str, is_word: Callable[[str], bool]
) -> frozenset[tuple[int, int]]:
    for ending in _GENERIC_ENDINGS:
        stem = len(word) - len(ending)
        if word.endswith(ending) and stem >= MIN_PART_LENGTH and is_word(word[:stem]):
            parts = {(0, stem), (stem, len(word))}
            return frozenset(part for part in parts if part[1] - part[0] >= MIN_PART_LENGTH)
    return frozenset()


def _add_derived(dictionary: Dictionary, lexicon: Lexicon | None) -> Iterator[tuple[str, int, str]]:
    """Add the corrections and the words of the lexicon; yields each as it was added."""
    from searcher.text.folded_words import PREPOSITIONS, read_folded_words

    add, has, cut = dictionary.add, dictionary.has, dictionary.cut
    for word, frequency, tag in read_folded_words():
        add(word, frequency, tag)
        yield word, frequency, tag
    for word, entry in lexicon.words.items() if lexicon else ():
        for preposition in PREPOSITIONS:
            if has(preposition + word):
                add(preposition + word, 0, "x")
                yield preposition + word, 0, "x"
        # A word that is cut as one keeps its frequency, so that texts beside it are cut as
        # before.
        if entry.frequency is not None or len(cut(word)) > 1:
            given = entry.frequency
            frequency = dictionary.frequency(word) if given is None else given
            add(word, frequency, entry.tag)
            yield word, frequency, entry.tag
