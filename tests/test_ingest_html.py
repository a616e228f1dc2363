import re
import warnings
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcher.ingest.html import html_to_text, is_plain_html, read_plain_html, read_soup
from searcher.ingest.markdown import markdown_to_text
from searcher.ingest.plain_text import Text, clean, one_line, paragraphs, typed_to_text

READERS = (html_to_text, markdown_to_text, typed_to_text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>拜登</p><p>普京</p>", "拜登\n普京"),
        ("<div>拜登<div>普京</div>通话</div>", "拜登\n普京\n通话"),
        ("<p>拜<b>登</b>和<a href='x'>普<i>京</i></a></p>", "拜登和普京"),
        ("拜登<br>普京<br/>通话", "拜登\n普京\n通话"),
        (
            "<h1>标题</h1>正文<figure><img alt='x'><figcaption>图说</figcaption></figure>",
            "标题\n正文\n图说",
        ),
        ("<figure><img src='a.jpg'>(路透)</figure>", "(路透)"),
        ("<ul><li>一<li>二</ul>三", "一\n二\n三"),
        ("<ol><li>一</li><li><p>二</p></li></ol>", "1. 一\n2. 二"),
        ("<ol>\n<li>\n<p>一</p>\n</li>\n</ol>", "1. 一"),
        ("<ol start=9><li>一<ol><li>内</ol><li>二</ol>", "9. 一\n1. 内\n10. 二"),
        ("<ol start=x><li>一</ol>", "1. 一"),
        ("<table><tr><th>国</th><td>中</td></tr><tr><td>美</td></tr></table>", "国 中\n美"),
        ("<table>\n<tr>\n<td>国</td>\n<td>中</td>\n</tr>\n</table>", "国 中"),
        ("<pre>一\n  二</pre>", "一\n二"),
        ("<pre><code>一\n二</code></pre>\n三\n四", "一\n二\n三四"),
        ("一<hr>二", "一\n二"),
        ("<ruby>漢<rp>(</rp><rt>hàn</rt><rp>)</rp>字</ruby>", "漢字"),
        ("拜<wbr>登", "拜登"),
        ("<form><p>正文</p><input value=x><button>登录</button></form>", "正文"),
    ],
)
def test_html(source: str, expected: str) -> None:
    assert html_to_text(source).text == expected


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>x</script>",
        "<script>document.write('<p>x</p>')</script>",
        "<style>p {x: x}</style>",
        "<template><p>x</p></template>",
        "<nav><a>x</a></nav>",
        "<div role=navigation>x</div>",
        "<noscript>x</noscript>",
        "<svg><title>x</title><text>x</text></svg>",
        "<select><option>x</select>",
        "<textarea>x</textarea>",
        "<iframe>x</iframe>",
        "<!-- x -->",
        "<!-- <p>x</p> -->",
        "<?php x ?>",
        "<p hidden>x</p>",
        "<p style='color: red; DISPLAY : none'>x</p>",
        "<span class='a sr-only'>x</span>",
        "<h2 class=element-invisible>x</h2>",
    ],
)
def test_not_shown_not_read(hidden: str) -> None:
    assert html_to_text(f"<p>前</p>{hidden}<p>后</p>").text == "前\n后"


def test_shown_though_it_looks_hidden() -> None:
    source = "<body style='visibility:hidden'><div class='field-label-hidden'>文</div></body>"
    assert html_to_text(source).text == "文"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("&lt;b&gt;&amp;amp;&#123;&#x4E2D;&nbsp;文&hellip;", "<b>&amp;{中 文…"),
        ("&lt;b&gt;<p>&#123;</p>", "<b>\n{"),
        ("&#0;<p>&#xD800;&#99999999999999999999;", "\ufffd\n\ufffd\ufffd"),
        ("5 < 6 & 7", "5 < 6 & 7"),
        ("[red]文[/red]", "[red]文[/red]"),
    ],
)
def test_entities(source: str, expected: str) -> None:
    assert html_to_text(source).text == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<div>&lt;p&gt;央行&lt;b&gt;降准&lt;/b&gt;&lt;/p&gt;</div>", "央行降准"),
        ("&amp;lt;p&amp;gt;央行&amp;lt;/p&amp;gt;", "央行"),
        ("<p>引言</p>&lt;p&gt;央行&lt;/p&gt;", "引言\n央行"),
        ("<p>用&lt;p&gt;和&lt;/p&gt;标签</p>", "用<p>和</p>标签"),
        ("<p>&lt;a href='x'&gt;广告&lt;/a&gt;</p><p>文</p>", "<a href='x'>广告</a>\n文"),
        ("<code>&lt;p&gt;x&lt;/p&gt;</code>", "<p>x</p>"),
        ("<div><![CDATA[央行]]></div>", "央行"),
        ("<![CDATA[<p>央行</p><p>降准</p>]]>", "央行\n降准"),
        ("&lt;![CDATA[&lt;p&gt;央行&lt;/p&gt;]]&gt;", "央行"),
    ],
)
def test_escaped_html(source: str, expected: str) -> None:
    assert html_to_text(source).text == expected


def test_a_number_of_many_digits_is_no_error() -> None:
    assert html_to_text("&#" + "9" * 100_000 + ";文").text == "\ufffd文"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>  a  b\n\n c\t</p>", "a b c"),
        ("<p>　　拜登　普京　　</p>", "拜登　普京"),
        ("<p>\xa0\xa0拜登\u2003普京\xa0</p>", "拜登 普京"),
        ("<p>中国\n经济</p>", "中国经济"),
        ("<p>中国，\r\n   “经济”</p>", "中国，“经济”"),
        ("<p>\n <span>\n  拜\n </span>\n <b>\n  登\n </b>\n</p>", "拜登"),
        ("<p>中国\nGDP\n增长\n5\n倍</p>", "中国 GDP 增长 5 倍"),
        ("<p>粮食 丰收</p>", "粮食 丰收"),
        ("<p>한국\n뉴스</p>", "한국 뉴스"),
        ("<p> </p><p>\u3000</p><p>\u200b</p><p>文</p>", "文"),
        ("拜\u2028登", "拜\n登"),
    ],
)
def test_white_space(source: str, expected: str) -> None:
    assert html_to_text(source).text == expected


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("\x1b[31m红\x1b[0m", "红"),
        ("\x9b31m红", "红"),
        ("\x1b]0;标题\x07文", "文"),
        ("\x1b]8;;http://x\x1b\\链接\x1b]8;;\x1b\\", "链接"),
        ("\x1b]不完", "]不完"),
        ("a\0b\x07c\x08\x7f\x85d", "abc\x85d"),
        ("右\u202e左\u2066内\u2069\u200f", "右左内"),
        ("拜\u200b登\xad\ufeff", "拜登"),
        ("葛\U000e0100飾", "葛飾"),
        ("\ud800文", "文"),
        ("👩\u200d🚀 ☺\ufe0f", "👩\u200d🚀 ☺"),
        ("普\u200d京与拜\u200c登", "普京与拜登"),
        ("葛\ufe00城", "葛城"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Erdog\u0306an フ\u309aー \u1106\u116e\u11ab", "Erdoğan プー 문"),
        ("ﾌﾟﾚｽとｱ", "プレスとｱ"),
        ("a" + "\u0301" * 3, "á\u0301\u0301"),
        ("神", "神"),
    ],
)
def test_clean(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


def test_escapes_written_as_entities() -> None:
    assert html_to_text("<p>&#27;[31m红&#x202e;字</p>").text == "红字"


def test_one_line() -> None:
    assert one_line(" 拜登\n普京\u2028通话\tGDP \x1b[1m") == "拜登普京 通话 GDP"


@pytest.mark.parametrize(
    ("source", "heading"),
    [
        ("<p>文</p><h3>小<b>题</b></h3><h1>大题</h1>", "小题"),
        ("<h1> </h1><h2>题</h2>", "题"),
        ("<head><title>页 - 站</title></head><p>文", "页 - 站"),
        ("<head><title>页</title></head><h2>题</h2>", "题"),
        ("<nav><h1>站</h1></nav><p>文", ""),
    ],
)
def test_heading(source: str, heading: str) -> None:
    assert html_to_text(source).heading == heading


TAGS = st.sampled_from(
    "p div span b br ul ol li table tr td th h1 h2 pre a script style form nav section em img "
    "button input label object canvas audio video rp rt ruby dl dt dd blockquote figure hr i "
    "center main article tbody caption nobr fieldset legend menu details area map svg select title "
    "head html body textarea template noscript iframe option frameset".split()
)
ATTRIBUTES = st.sampled_from(
    ["", "", "", ' class="sr-only"', " hidden", ' style="display:none"', ' start="3"', " x=1", " /"]
)
WORDS = st.sampled_from(
    "普京 | &nbsp; &amp; &#x4e2d; &lt;b&gt; > < &#27; &bogus; &#xd800; &#0; &copy & ]]> &#13; "
    "<!--x--> <!--<p>y</p>--> <!--> <!---> <!--x--!> <!-- <meta\tcharset=gbk> \u2028 拜\t登".split(
        " "
    )
) | st.sampled_from([" ", "\n"])
PARTS = (
    st.builds("<{}{}>".format, TAGS, ATTRIBUTES)
    | st.builds("</{}>".format, TAGS)
    | WORDS
    | st.text(max_size=3)
)
compared = {True: 0, False: 0}


@settings(max_examples=1_000)
@given(st.lists(PARTS, min_size=1, max_size=25).map("".join))
def test_what_is_plain_is_the_same_by_both_trees(source: str) -> None:
    source = clean(source)
    is_plain = is_plain_html(source)
    compared[is_plain] += 1
    if is_plain and (found := read_plain_html(source)) is not None:
        by_soup = read_soup(source)
        assert by_soup is not None
        assert (paragraphs(found[0]), found[1]) == (paragraphs(by_soup[0]), by_soup[1])


def test_some_soups_were_plain_and_some_were_not() -> None:
    if sum(compared.values()) > 500:  # where the test above ran in this process
        assert min(compared.values()) > 50


@pytest.mark.parametrize(
    "source",
    [
        "<!DOCTYPE x>文",
        "<?x>文",
        "<title>题</title>文",
        "<body hidden>文",
        "a < b",
        "<textarea><p>文",
        "<b",
    ],
)
def test_what_is_not_plain(source: str) -> None:
    assert not is_plain_html(source)


def test_posts_are_plain() -> None:
    assert is_plain_html("<div>\n<p>拜<b>登</b>&nbsp;普京</p><ul><li>一<br/>二</ul></div>")


def test_a_whole_page_of_xhtml() -> None:
    source = (
        '<?xml version="1.0" encoding="gbk"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN">'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>题</title><meta charset="gbk"/>'
        "</head><body><p>文<br/>字</p></body></html>"
    )
    assert html_to_text(source) == ("文\n字", "题", ())


@pytest.mark.parametrize(
    "source", ["", " ", "a.txt", "http://a.cn/", "<?xml:namespace a/>b.md", "<"]
)
def test_nothing_is_warned_of(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        html_to_text(source)


def test_deep_nesting() -> None:
    depth = 100_000
    source = "<div>" * (depth // 2) + "<b>" * (depth // 2) + "文" + "</b>" * (depth // 2) + "<p>尾"
    assert html_to_text(source) == ("文\n尾", "", ())


def test_more_tags_than_a_tree_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searcher.ingest.html.MAX_TAGS", 100)
    start = "<h2>题<i>目</i></h2>"
    source = start + "<p>拜<b>登</b>&amp;<br>文" * 100 + "<script>x<y>z</script><!-- 注 -->尾"
    text, heading, problems = html_to_text(source)
    assert heading == "题目"
    assert text.split("\n")[-2:] == ["拜登&", "文尾"]
    assert problems == ("more than 100 tags; read without the structure of the HTML",)


@pytest.mark.parametrize(
    "piece", ["<!--", "<a href='", "<![CDATA[", "<?", "<a", "&", "<", "</", "<p"]
)
def test_broken_markup_takes_linear_time(piece: str) -> None:
    html_to_text(piece * 100_000)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# 标题\n\n第一段\n仍是第一段\n\n第二段", "标题\n第一段仍是第一段\n第二段"),
        ("**拜登**和*普京*的[通话](http://x)![图](y)", "拜登和普京的通话"),
        ("**拜登：**“好”", "拜登：“好”"),
        ("他说，**“好。”**然后走了", "他说，“好。”然后走了"),
        ("标题\n====\n\n正文", "标题\n正文"),
        ("第一行  \n第二行", "第一行\n第二行"),
        ("    缩进的一段\n\n　　又一段", "缩进的一段\n又一段"),
        ("- 一\n- 二", "一\n二"),
        ("2012. 第一\n\n文", "2012. 第一\n文"),
        ("> 引文\n\n文", "引文\n文"),
        ("| 国 | 数 |\n|---|---|\n| 中 | 1 |", "国 数\n中 1"),
        ("<figure>\n<img src='x'>\n<figcaption>图说</figcaption>\n</figure>\n\n文", "图说\n文"),
        ("<div>\n\n**文**\n\n</div>", "文"),
        ("前\n\n~~~~~~~~\n\n**后**", "前\n~~~~~~~~\n后"),
        ("[注]: 这是一段话", "[注]: 这是一段话"),
        ("[文][1]\n\n[1]: http://x", "文"),
        ('{{< video src="x" >}}\n\n文{% asset_img a.png %}', "文"),
        ('{{< figure src="x" caption="图说" >}}\n\n{文}', "图说\n{文}"),
        ("a &amp; b &#123;", "a & b {"),
        ("<script>\n\nx\n\n</script>\n\n文", "文"),
        ("", ""),
    ],
)
def test_markdown(source: str, expected: str) -> None:
    assert markdown_to_text(source).text == expected


def test_markdown_heading() -> None:
    assert markdown_to_text("文\n\n## 题 *目*\n").heading == "题 目"


@pytest.mark.parametrize(
    "source", ["题\n\n第一段\n\n" + "[" * 20_000, "题\n\n第一段\n\n" + "*文*" * 150_000]
)
def test_too_much_markdown(source: str) -> None:
    text, _, problems = markdown_to_text(source)
    assert text.startswith("题\n第一段\n")
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("拜登\n普京\n\n通话", "拜登\n普京\n通话"),
        ("　　拜登\n　　普京", "拜登\n普京"),
        (
            "标题\n" + "长" * 30 + "\n" + "短" * 10 + "\n" + "尾",
            "标题\n" + "长" * 30 + "短" * 10 + "\n尾",
        ),
        ("长" * 30 + "\n　　" + "短" * 10, "长" * 30 + "\n" + "短" * 10),
        ("段" * 200 + "\n" + "段" * 190, "段" * 200 + "\n" + "段" * 190),
        ("word " * 15 + "\nend", ("word " * 15) + "end"),
        ("<b> & &amp; # *", "<b> & &amp; # *"),
        ("", ""),
    ],
)
def test_typed(source: str, expected: str) -> None:
    assert typed_to_text(source).text == expected


MARKS = st.sampled_from(
    """<p> </p> <div> <b> </b> <br> <script> </script> <!-- --> <![CDATA[ <h1> </h1> <ol> <li>
    <pre> <table> <td> <head> <title> <select> <svg> <textarea> <p/hidden> &#27; &#0; &amp; &#xd800;
    # * ** ` [ ]( ) > - 1. | |-| {{< >}} < > & \\ 文 字 ， abc""".split()
)
SPACES = st.sampled_from(
    [" ", "\n", "\n\n", "\r", "\t", "\u3000", "\u2028", "\xa0", "\x1e", "\0", "\x1b[1m"]
)
SOURCES = st.lists(MARKS | SPACES | st.text(max_size=5), max_size=30).map("".join)
UNSEEN = re.compile(r"[\0-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@given(SOURCES)
@pytest.mark.parametrize("read", READERS)
def test_any_text_comes_out_clean(read: Callable[[str], Text], source: str) -> None:
    text, heading, _ = read(source)
    assert not UNSEEN.search(text + heading)
    assert "\n" not in heading
    assert all(line and line == line.strip() for line in text.splitlines())
    assert "  " not in text


@given(st.lists(st.text("中文新闻，。“”abc 1").map(str.strip).filter(bool)))
def test_paragraphs_come_back(paragraphs: list[str]) -> None:
    wanted = [" ".join(paragraph.split()) for paragraph in paragraphs]
    assert html_to_text("".join(f"<p>{p}</p>" for p in paragraphs)).text == "\n".join(wanted)
