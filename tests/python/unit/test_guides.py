"""The guide in Chinese says what the one in English says: neither goes stale unnoticed."""

import re

import pytest
from conftest import ROOT

ENGLISH = (ROOT / "docs" / "connect_your_records.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "docs" / "connect_your_records.zh-CN.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^( *)```.*?^\1```$", flags=re.MULTILINE | re.DOTALL)


def sections_of(text: str) -> list[tuple[str, str, str]]:
    """Level, heading and text of each section, without blocks of code."""
    pieces = re.split(r"^(#+) (.*)$", BLOCK.sub("", text), flags=re.MULTILINE)[1:]
    return list(zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True))


def code_of(block: str) -> str:
    """A block of code without its comments, which are in the language of the guide."""
    return re.sub(r"\s*(^|\s)(#|--) .*$", "", block, flags=re.MULTILINE)


def test_the_sections_are_the_same():
    levels = [level for level, *_ in sections_of(ENGLISH)]
    assert [level for level, *_ in sections_of(CHINESE)] == levels


def test_the_blocks_of_code_are_the_same():
    blocks = [code_of(each[0]) for each in BLOCK.finditer(ENGLISH)]
    assert len(blocks) > 15
    assert [code_of(each[0]) for each in BLOCK.finditer(CHINESE)] == blocks


@pytest.mark.parametrize(
    ("english", "chinese"),
    list(zip(sections_of(ENGLISH), sections_of(CHINESE), strict=False)),
    ids=[heading for _, heading, _ in sections_of(ENGLISH)],
)
def test_settings_columns_vars_and_messages_are_the_same(english, chinese):
    def named(text):
        # a line may break within them
        return {" ".join(each.split()) for each in re.findall(r"`([^`]+)`", text)}

    assert named(chinese[2]) == named(english[2])


def test_tables_have_as_many_rows():
    for (_, heading, english), (_, _, chinese) in zip(
        sections_of(ENGLISH), sections_of(CHINESE), strict=True
    ):
        rows = [len(re.findall(r"^ *\|", text, flags=re.MULTILINE)) for text in (english, chinese)]
        assert rows[0] == rows[1], heading
