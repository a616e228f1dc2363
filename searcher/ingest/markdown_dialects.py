"""What blogs and note books add to Markdown: only the words that a reader sees stay.

Hexo's and Hugo's tags, links and marks of Obsidian, containers of VuePress and Docusaurus,
attribute lists of kramdown and Pandoc. What is no such mark stays as it is.
"""

import re

from searcher.lazy_pattern import compile_late

# {{< video src="…" >}}  {{% notice %}}  {% post_link slug 标题 %}
_TAG = compile_late(r"\{\{[<%]([^{}\n]*)[%>]\}\}|\{%([^{}\n]*)%\}")
_TAG_LINE = compile_late(rf"^[ \t]*(?:{_TAG.pattern})[ \t]*$", re.MULTILINE)
# Tags whose arguments are for programs, or are the name of a picture or film.
_SILENT = frozenset(
    "aplayer asset_img asset_path assign audio bilibili capture case comment dplayer else elsif "
    "for gist if image img include_code include_relative inlineimg jsfiddle meting more post_path "
    "post_url raw ref relref unless video vimeo when youtube".split()
)
_LINKS = frozenset(("post_link", "asset_link"))  # the first argument is an address
_QUOTED = frozenset(("blockquote", "quote"))
_SEEN_NAMES = "caption|title|text|label|content|summary|author|attr|source|header|subtitle"
_SEEN_VALUE = compile_late(rf"""\b(?:{_SEEN_NAMES})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NAMED_VALUE = compile_late(r"""[\w-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']+)""")
_ARGUMENT = compile_late(r""""[^"]*"|'[^']*'|[^\s,"']+""")
_ADDRESS = compile_late(
    r"https?://|[./]|.*\.(?:html?|md|png|jpe?g|gif|webp|mp[34]|pdf)$", re.IGNORECASE
)
_WIDE_CHARACTER = compile_late("[\u2e80-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")

_ITEM = r"""(?:[#.][A-Za-z][\w:-]*|[A-Za-z][\w-]*=(?:"[^"\n{}]*"|'[^'\n{}]*'|[^\s{}"']+))"""
# {#id .class}  {: .note}, and {target=_blank} behind a link
_ATTRIBUTES = rf"\{{:?[ \t]*(?=[#.]|(?<=:)|(?<=: )){_ITEM}(?:[ \t]+{_ITEM})*[ \t]*\}}"
_ATTRIBUTE_LIST = compile_late(
    rf"[ \t]?{_ATTRIBUTES}|(?<=[)\]*`_])\{{{_ITEM}(?:[ \t]+{_ITEM})*[ \t]*\}}"
)
_SPAN = compile_late(rf"\[([^\[\]\n]*)\]{_ATTRIBUTES}")

_MARKED = compile_late(r"(?<!=)==(?![\s=])([^=\n]*[^\s=])==(?!=)")
_WIKI_LINK = compile_late(r"(!?)\[\[([^\[\]\n|]+?)(?:\\?\|([^\[\]\n]*))?\]\](?!\()")
_FILE = compile_late(r"\.(?:png|jpe?g|gif|webp|svg|bmp|pdf|mp[34]|webm|wav|canvas)$", re.IGNORECASE)
_CONTAINER = compile_late(
    r"^([ \t>]*):{3,}[ \t]*(?:[A-Za-z][\w-]*)?[ \t]*\[?([^\]\n]*)\]?[ \t]*$", re.MULTILINE
)
_ADMONITION = compile_late(
    r'^([ \t]*)(?:!!!|\?\?\?)\+?[ \t]+[\w-]+(?:[ \t]+"([^"\n]*)")?[ \t]*$', re.MULTILINE
)
_CALLOUT = compile_late(r"^([ \t]*>[ \t>]*)\[![A-Za-z-]+\][+-]?[ \t]*(.*)$", re.MULTILINE)
_TASK = compile_late(r"^([ \t>]*(?:[-*+]|\d+\.)[ \t]+)\[[ xX]\][ \t]+", re.MULTILINE)
_CONTENTS = compile_late(
    r"^[ \t]*@?\[{1,2}toc\]{1,2}(?:\([^()\n]*\))?[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_FOOTNOTE = compile_late(r"^[ \t]*\[\^[^\[\]\s]{1,60}\]:[ \t]*", re.MULTILINE)
_FOOTNOTE_MARK = compile_late(r"\[\^[^\[\]\s]{1,60}\](?![:(])")
_TAB = compile_late(r"<!--[ \t]*tab[ \t]+([^<>\n@]*)(?:@[^<>\n]*)?-->")


def without_dialects(source: str) -> str:
    """Write Markdown without the marks that only blogs and note books know.

    >>> without_dialects("==央行==与[[普京|总统]]，见{% post_link jz 降准解读 %}")
    '央行与总统，见降准解读'
    """
    if "{" in source:
        source = _TAG_LINE.sub(_seen_paragraph, source)
        source = _TAG.sub(_seen_words, source)
        source = _SPAN.sub(r"\1", source)
        source = _ATTRIBUTE_LIST.sub("", source)
    if "==" in source:
        source = _MARKED.sub(r"\1", source)
    if "[" in source:
        source = _CONTENTS.sub("", source)
        source = _CALLOUT.sub(r"\1\2\n\1", source)
        source = _TASK.sub(r"\1", source)
        source = _FOOTNOTE.sub("\n", source)
        source = _FOOTNOTE_MARK.sub("", source)
        source = _WIKI_LINK.sub(_link_text, source)
    if ":::" in source:
        source = _CONTAINER.sub(r"\n\1\2\n", source)
    if "!!!" in source or "???" in source:
        source = _ADMONITION.sub(r"\n\1\2\n", source)
    if "<!--" in source:
        source = _TAB.sub(r"\n\n\1\n\n", source)
    return source


def _link_text(link: re.Match[str]) -> str:
    is_embedded, target, text = link.groups()
    if is_embedded and _FILE.search(target.strip()):
        return ""
    return text or target.replace("#^", " ").replace("#", " ").strip()


def _seen_paragraph(tag: re.Match[str]) -> str:
    words = _seen_words(tag)
    return f"\n{words}\n" if words else ""


def _seen_words(tag: re.Match[str]) -> str:
    """The words of a Hexo or Hugo tag that it puts into the page."""
    written = (tag.group(1) or tag.group(2) or "").strip(" \t-/")
    name, _, rest = written.partition(" ")
    name = name.lower()
    if name.startswith("end"):
        return ""
    named = _SEEN_VALUE.findall(rest)
    if named:
        return " ".join(double or single for double, single in named)
    if name in _SILENT:
        return ""
    rest = _NAMED_VALUE.sub(" ", rest)
    color, at, text = rest.partition("@")
    if at and re.fullmatch(r"[\w-]*", color.strip(), re.ASCII):
        return text.strip()
    arguments = [argument.strip("\"'") for argument in _ARGUMENT.findall(rest)]
    if name in _LINKS:
        seen = [text for text in arguments[1:] if text not in ("true", "false")]
    elif name in _QUOTED:
        seen = [text for text in arguments if not _ADDRESS.match(text)]
    else:
        seen = [
            text for text in arguments if _WIDE_CHARACTER.search(text) and not _ADDRESS.match(text)
        ]
    return " ".join(seen)
