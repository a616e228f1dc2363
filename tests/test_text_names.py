"""The files of names themselves: well-formed, without clashes, with the groups readers expect."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "searcher" / "text" / "names"
FILES = sorted(file for file in FOLDER.glob("*.txt") if file.stem != "vocabulary")
TAGS = {"nr", "nrf", "ns", "nsf", "nt", "ntf", "nz", "nzf"}

GROUPS = """
普京 普丁 蒲亭 Putin
特朗普 川普 Trump
泽连斯基 泽伦斯基 Zelensky
新西兰 纽西兰
朝鲜 北韩
世卫组织 世界卫生组织 WHO
欧盟 欧洲联盟 EU
北约 北大西洋公约组织 NATO
老挝 寮国
意大利 义大利
悉尼 雪梨
广西 广西壮族自治区
发改委 国家发展和改革委员会
国台办 国务院台湾事务办公室
华为 Huawei
台积电 台积公司 TSMC
塔利班 塔里班 Taliban
哈马斯 Hamas
真主党 Hezbollah
新冠 新冠肺炎 新型冠状病毒肺炎 COVID-19
埃博拉 伊波拉 Ebola
海马斯 HIMARS
萨德 THAAD
马克龙 马克宏 Macron
特鲁多 杜鲁道 Trudeau
苏纳克 辛伟诚
内塔尼亚胡 纳坦雅胡 Netanyahu
埃尔多安 艾尔段 Erdogan
冯德莱恩 范德赖恩
肯尼迪 甘迺迪
美联储 联准会
北京大学 北大
巴黎协定 巴黎气候协定
一带一路 一带一路倡议
"""


def entries() -> Iterator[tuple[str, str, list[str]]]:
    """Where each entry is, its tag, and its names."""
    for file in FILES:
        for number, line in enumerate(file.read_text("utf-8").split("\n"), 1):
            if line and not line.startswith("#"):
                first, *others = line.split(" = ")
                name, _, tag = first.rpartition(" ")
                yield f"{file.name}:{number}", tag, [name, *others]


def folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


@pytest.fixture(scope="module")
def group_of() -> dict[str, str]:
    return {name: where for where, _, names in entries() for name in names}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_is_plain_composed_utf8_and_says_its_subject(file: Path) -> None:
    text = file.read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert text.startswith("# ")
    assert text.endswith("\n")
    assert not [c for c in text if c != "\n" and not c.isprintable()]
    assert not set(text) & set("•・‧∙⋅　，、（）")


def test_every_line_has_a_name_a_known_tag_and_plain_spaces() -> None:
    wrong = [
        where
        for where, tag, names in entries()
        if tag not in TAGS
        or any(not name or name != " ".join(name.split()) or "=" in name for name in names)
    ]
    assert wrong == []


def test_no_name_is_a_single_character() -> None:
    assert [where for where, _, names in entries() if any(len(name) < 2 for name in names)] == []


def test_a_name_is_given_once() -> None:
    seen: dict[str, str] = {}
    twice = []
    for where, _, names in entries():
        for name in names:
            if folded(name) in seen:
                twice.append(f"{name}: {seen[folded(name)]} and {where}")
            seen[folded(name)] = where
    assert twice == []


def test_there_are_more_names_than_required() -> None:
    found = list(entries())
    assert len(found) >= 3_500
    assert sum(len(names) for _, _, names in found) >= 10_000


@pytest.mark.parametrize("expected", GROUPS.split("\n")[1:-1])
def test_expected_names_are_one_group(group_of: dict[str, str], expected: str) -> None:
    groups = {group_of.get(name) for name in expected.split()}
    assert len(groups) == 1
    assert None not in groups


@pytest.mark.parametrize(
    "apart",
    [
        "小布什 老布什",
        "约翰逊 迈克·约翰逊",
        "卡梅伦 詹姆斯·卡梅隆",
        "台湾 中国",
        "美国 华盛顿",
        "哈马斯 真主党",
        "纳瓦兹·谢里夫 夏巴兹·谢里夫",
        "香港中联办 国台办",
        "刚果共和国 刚果民主共和国",
    ],
)
def test_different_things_are_never_one_group(group_of: dict[str, str], apart: str) -> None:
    groups = [group_of[name] for name in apart.split()]
    assert len(set(groups)) == len(groups)
