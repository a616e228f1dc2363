import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import cpu_time

from searcher.ingest.markdown import markdown_to_text
from searcher.ingest.markdown_dialects import without_dialects


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("央行==宣布==降准", "央行宣布降准"),
        ("a == b == c", "a == b == c"),
        ("题\n====\n\n文", "题\n文"),
        ("[[普京]]会见[[拜登|美国总统]]", "普京会见美国总统"),
        ("[[普京#生平]]和[[a\\|b]]", "普京 生平和b"),
        ("![[图.png]]文", "文"),
        ("[[1]](http://x)", "[1]"),
        ("见{% post_link jz 降准解读 %}。", "见降准解读。"),
        ('见{% post_link jz "Rate cut" true %}。', "见Rate cut。"),
        ("{% label primary@重磅 消息 %}", "重磅 消息"),
        ("{% btn https://x.cn, 阅读全文, icon %}", "阅读全文"),
        ("{% note info 提示 %}\n正文\n{% endnote %}", "提示\n正文"),
        ("{% img /a.png 图说 %}文", "文"),
        ('{% if a == "甲" %}乙{% endif %}', "乙"),
        ('{{< figure src="x" title="题" alt="不见" >}}', "题"),
        ('{{< admonition note "注意" >}}\n文\n{{< /admonition >}}', "注意\n文"),
        ("{{% notice tip %}}\n文\n{{% /notice %}}", "文"),
        ("::: tip 小题\n内容\n:::", "小题\n内容"),
        ("::: tip\n内容\n:::", "内容"),
        (":::warning[小心]\n文\n:::", "小心\n文"),
        ("## 题 {#id .cls}", "题"),
        ("[文字]{.underline}与[链接](http://x){target=_blank}", "文字与链接"),
        ("段落\n{: .note}", "段落"),
        ("> [!NOTE] 题\n> 文", "题\n文"),
        ("- [ ] 甲\n- [x] 乙", "甲\n乙"),
        ("降准[^1]了\n\n[^1]: 注释", "降准了\n注释"),
        ("[TOC]\n\n文", "文"),
        ('!!! note "题"\n    文', "题\n文"),
        ("<!-- tab 名 -->文<!-- endtab -->", "名\n文"),
        ("集合{1, 2}与{甲}", "集合{1, 2}与{甲}"),
        ("{{ page.title }}", "{{ page.title }}"),
    ],
)
def test_what_a_reader_sees(source: str, text: str) -> None:
    assert markdown_to_text(source).text == text


def test_long_markdown_is_read_in_pieces() -> None:
    paragraph = "段落[甲](http://a.example/c)**重**文字。"
    source = "# 要闻\n\n" + "\n\n".join([paragraph] * 12_000)
    text, heading, problems = markdown_to_text(source)
    assert heading == "要闻"
    assert text.split("\n") == ["要闻"] + ["段落甲重文字。"] * 12_000
    assert problems == ()


def test_a_heading_over_markdown_that_is_not_read() -> None:
    text, heading, problems = markdown_to_text("## 题 #\n\n" + "[" * 20_000)
    assert heading == "题"
    assert text.startswith("题\n[")
    assert problems == ("too much Markdown; its marks were left as they are",)


@pytest.mark.parametrize(
    "piece",
    [
        *("==", "== ", "==a ", "[[", "[[a", "[[a|", "{%", "{% a", "{{<", "{.a ", "[a]{.a ", "{#a"),
        *("[^", "[^a", ":::", "::: a [", "> ", "> [!", "!!! ", '!!! a "', "<!-- tab ", "- ["),
        *("@[toc](", "{% a 'b", '{% a="b'),
    ],
)
def test_broken_marks_take_linear_time(piece: str) -> None:
    short, long = piece * 2_000, piece * 20_000
    least = max(cpu_time(lambda: without_dialects(short)), 0.0002)
    assert cpu_time(lambda: without_dialects(long)) < 40 * least


@given(st.text(st.sampled_from("=[]{}%<>|:!.#^\n a文@\"'-")))
def test_any_text_is_safe(source: str) -> None:
    without_dialects(source)
