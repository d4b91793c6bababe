"""The command ``report``: writes the persona report of the published file."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from customer_personas.language.texts import (
    LANGUAGE_VARIABLE,
    LanguageError,
    Texts,
    languages,
    own_language,
)
from customer_personas.report.published import Facts, read_published
from customer_personas.warehouse.databases import (
    PUBLISH_VARIABLE,
    DatabaseError,
    publish_folder,
    say_why,
    write_private_file,
)
from customer_personas.warehouse.published_files import FILE_NAME
from customer_personas.warehouse.version_folders import VersionError

REPORT = "report.html"


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read what follows the name of the command."""
    parser = argparse.ArgumentParser(
        prog="customer-personas report",
        description="Write the persona report: one HTML file, from the published file alone.",
        epilog=f"The published set is that of the variable {PUBLISH_VARIABLE}; the language that "
        f"of {LANGUAGE_VARIABLE} unless given.",
    )
    parser.add_argument("--language", choices=languages(), help="language of the report")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=f"where to; {REPORT} in the publish folder"
    )
    parser.add_argument(
        "--figures", type=Path, metavar="DIR", help="write each picture as SVG and PNG there, too"
    )
    given = parser.parse_args(arguments)
    try:
        given.language = given.language or own_language()
    except LanguageError as error:
        parser.error(str(error))
    return given


class _Progress:
    """Says what is being done, in one line that goes on where somebody looks at it."""

    def __init__(self) -> None:
        self.is_seen = sys.stderr.isatty()
        self.started = time.monotonic()

    def __call__(self, what: str) -> None:
        if self.is_seen:
            print(f"\r\033[K{what} ...", end="", file=sys.stderr, flush=True)

    def end(self, said: str) -> None:
        """Say what was done and how long it took."""
        end = "\r\033[K" if self.is_seen else ""
        print(f"{end}{said} ({time.monotonic() - self.started:.1f} s)", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the report.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command.

    Returns
    -------
    int
        0, or 1 where nothing is published yet or a file cannot be read or written.
    """
    given = _read_arguments(arguments)
    path = publish_folder() / FILE_NAME
    if not path.exists():
        print(f"Nothing is published in {path.parent} yet. Run: dbt build", file=sys.stderr)
        return 1
    out = given.out or path.parent / REPORT
    progress = _Progress()
    try:
        facts = None
        for step in read_published(path):
            if isinstance(step, Facts):
                facts = step
            else:
                progress(step)
        assert facts is not None
        write(facts, given.language, out, given.figures, progress)
    except (DatabaseError, VersionError, OSError) as error:
        print(f"The report was not written: {say_why(error)}", file=sys.stderr)
        return 1
    return 0


def write(
    facts: Facts, language: str, out: Path, figures: Path | None, progress: _Progress
) -> None:
    """Write the page and, where wanted, its pictures.

    Parameters
    ----------
    facts : Facts
        What the published file holds.
    language : str
        Language of the texts.
    out : Path
        The file.
    figures : Path, optional
        Folder of the pictures.
    progress : callable
        Is told what is done.
    """
    # pictures need what takes seconds to import: only now that there is something to draw
    progress("matplotlib")
    from customer_personas.report.page import export_figures, render
    from customer_personas.report.story import tell

    texts = Texts(language, facts.minimum_cell)
    story = tell(facts, texts)
    page = render(story, facts, texts, progress)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_private_file(out, page)
    if out.resolve().parent == publish_folder().resolve():
        # beside the published set, it is for whoever may enter the folder
        out.chmod(0o444)
    progress.end(f"Report: {out}")
    if figures:
        written = export_figures(story, facts, texts, figures, progress)
        progress.end(f"Pictures: {len(written)} files in {figures}")
