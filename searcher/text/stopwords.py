"""Stop words: function words that are optional in a query and get a small weight."""

from __future__ import annotations

QUESTION_WORDS = frozenset(
    """
什么 哪些 哪个 哪里 哪儿 哪位 哪年 哪一年 哪一 哪种 哪天 多少 几个 几 谁
何时 何地 何人 何 如何 怎么 怎样 怎么样 为什么 为何 是否 吗 呢 吧 么 哪 的 了 是
""".split()
)
"""Interrogatives and particles, folded; bigrams across them are not used for ranking."""

FUNCTION_CHARACTERS = frozenset("的了是在和与")
"""Pairs of these say nothing."""

STOP_WORDS = QUESTION_WORDS | frozenset(
    """
的 地 得 了 着 过 是 在 和 与 及 或 而 被 把 将 对 为 以 于 由 从 到
向 等 也 就 都 又 还 很 有 之 其 所 让 使 这 那 此 该 某 并 但 则 若
会 要 能 可 因 第 约 曾 最 更 较 再 才 只 仅 已 即 且 个 们 上 中 下
里 内 外 后 前 时 我 你 他 她 它 我们 你们 他们 她们 它们 自己 来 去 做
叫 称 一 一个 一座 一种 一位 一名 一些 一项 一门 一部 这个 那个 这些 那些
这样 那样 这里 那里 此时 当时 时候 之间 之后 之前 之中 以及 及其 以后 以前
其中 其他 其它 因为 因此 所以 由于 虽然 但是 然而 而且 并且 如果 不过 可以
可能 能够 应该 进行 主要 属于 位于 作为 成为 称为 叫做 为了 关于 对于 根据
通过 曾经 已经 目前 是由 是因为
""".split()
)
"""All stop words, folded."""
