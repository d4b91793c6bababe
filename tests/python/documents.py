"""The documents, and the blocks of code in them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# In the order in which a newcomer reads them.
FIRST = ("README.md", "docs/tutorial.md", "docs/activation.md", "docs/report.md", "docs/operate.md")
DOCUMENTS = [
    *FIRST,
    *sorted(
        name
        for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
        if (name := path.relative_to(ROOT).as_posix()) not in (*FIRST, "CHANGELOG.md")
    ),
]


@dataclass(frozen=True)
class Block:
    """A block of code: its language, the file it names, and its lines without indentation."""

    language: str
    file: str | None
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def blocks_of(text: str) -> list[Block]:
    """Blocks of code of a text, in their order."""
    fenced = re.compile(r"^( *)```(\w*)(?: (\S+))?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
    return [
        Block(
            found[2],
            found[3],
            tuple(line.removeprefix(found[1]) for line in found[4].splitlines()),
        )
        for found in fenced.finditer(text)
    ]


def blocks_of_document(name: str) -> list[Block]:
    """Blocks of code of a document of the project."""
    return blocks_of((ROOT / name).read_text(encoding="utf-8"))
