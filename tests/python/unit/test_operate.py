"""The operators' page names all variables, and quotes messages as the code has them."""

import re

import pytest
from documents import ROOT

PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
# Said by DuckDB and dbt themselves.
NOT_OURS = ("Out of Memory Error",)


def table_below(heading: str) -> list[list[str]]:
    """Rows of the first table below a heading, without its head."""
    text = PAGE.partition(f"\n## {heading}\n")[2]
    lines = re.search(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)[1].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def source_text() -> str:
    """All texts of the code, with pieces that Python and Jinja put together in one piece."""
    paths = [
        path
        for folder, kind in (("src", "*.py"), ("macros", "*.sql"), ("tests", "*.sql"))
        for path in (ROOT / folder).rglob(kind)
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    text = re.sub(r"""["']\s*\n\s*(?:~\s*)?f?["']""", "", text)
    return "\n".join([text, *(path.stem for path in paths)])


def test_every_variable_of_the_code_is_in_the_table():
    used = set()
    for path in (*(ROOT / "src").rglob("*.py"), *ROOT.glob("profiles*/**/*.yml")):
        used |= set(re.findall(r"\bPERSONA_[A-Z_]+", path.read_text(encoding="utf-8")))
    for path in (*ROOT.glob("*.yml"), *(ROOT / "models").rglob("*.yml")):
        used |= set(re.findall(r"\bPERSONA_[A-Z_]+", path.read_text(encoding="utf-8")))
    told = set(re.findall(r"`(PERSONA_[A-Z_]+)`", str(table_below("Environment variables"))))
    assert used == told


def test_variables_of_tests_are_named():
    read = set()
    for path in (ROOT / "tests" / "python").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        read |= set(re.findall(r'environ(?:\.get)?[([]"(PERSONA_[A-Z_]+)"', text))
    assert read
    assert not {name for name in read if f"`{name}`" not in PAGE}


MESSAGES = [
    message
    for row in table_below("What each failure looks like")
    for message in re.findall(r"`([^`]+)`", row[0])
]


@pytest.mark.parametrize("message", MESSAGES)
def test_each_message_is_one_that_the_code_gives(message):
    if message.startswith(NOT_OURS):
        return
    text = source_text()
    # a macro says both in front of a reason that another one finds
    for before in ("Not published: ", "Warning of "):
        message = message.removeprefix(before)
    for part in message.split("..."):
        words = part.strip()
        assert words in text, words


def test_each_warning_can_warn():
    for name in re.findall(r"Warning of (assert_\w+)", PAGE):
        (path,) = (ROOT / "tests").rglob(f"{name}.sql")
        assert re.search(r"severity ?= ?'warn'", path.read_text(encoding="utf-8"))
