"""What a landing file may take at most, so that a small one cannot fill the machine."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from customer_personas.intake.errors import IntakeError


@dataclass(frozen=True)
class Limits:
    """The limits, each a var of the same name.

    Parameters
    ----------
    max_unpacked_bytes : int
        What a compressed file may hold once unpacked.
    max_columns : int
        How many columns a file may have.
    max_line_bytes : int
        How long a line of a text file may be.
    """

    max_unpacked_bytes: int = 4_000_000_000
    max_columns: int = 2_000
    max_line_bytes: int = 16_000_000

    def refuse_unpacked(self, unpacked: int, source_file: str) -> None:
        """Stop at more bytes than a compressed file may hold.

        Parameters
        ----------
        unpacked : int
            Bytes unpacked so far.
        source_file : str
            Name of the file.

        Raises
        ------
        IntakeError
            If they are too many.
        """
        if unpacked > self.max_unpacked_bytes:
            raise IntakeError(
                f"{source_file} holds more than {self.max_unpacked_bytes:,} bytes once unpacked. "
                "If so much is meant, deliver it in several files or set the var "
                "max_unpacked_bytes of dbt_project.yml higher."
            )

    def refuse_columns(self, count: int, source_file: str) -> None:
        """Stop at more columns than a file may have.

        Parameters
        ----------
        count : int
            Columns of the file.
        source_file : str
            Name of the file.

        Raises
        ------
        IntakeError
            If they are too many.
        """
        if count > self.max_columns:
            raise IntakeError(
                f"{source_file} has {count:,} columns, more than {self.max_columns:,}. Is its "
                "first line the header, and each record a line? If so many are meant, set the var "
                "max_columns of dbt_project.yml higher."
            )

    def refuse_line(self, length: int, line: int, source_file: str) -> None:
        """Stop at a longer line than a text file may have.

        Parameters
        ----------
        length : int
            Bytes of the line, as far as it was read.
        line : int
            Its number, from 1.
        source_file : str
            Name of the file.

        Raises
        ------
        IntakeError
            If it is too long.
        """
        if length > self.max_line_bytes:
            raise IntakeError(
                f"{source_file}, line {line:,} is longer than {self.max_line_bytes:,} bytes. Is "
                "each record a line of its own, and each quote closed? If so long lines are meant, "
                "set the var max_line_bytes of dbt_project.yml higher."
            )

    def counted(self, pieces: Iterable[bytes], source_file: str) -> Iterator[bytes]:
        """Pass the bytes of a compressed file on, and stop where they are too many.

        Parameters
        ----------
        pieces : iterable of bytes
            What is unpacked, piece by piece.
        source_file : str
            Name of the file.

        Yields
        ------
        bytes
            The next piece.
        """
        unpacked = 0
        for piece in pieces:
            unpacked += len(piece)
            self.refuse_unpacked(unpacked, source_file)
            yield piece


# Those of the project as it comes.
NO_SETTING = Limits()


def read_limits(project: Path) -> Limits:
    """Read the limits of a project, for what runs outside of dbt.

    Parameters
    ----------
    project : Path
        Folder of the dbt project.

    Returns
    -------
    Limits
        As ``dbt_project.yml`` has them.
    """
    variables = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    return Limits(**{each.name: int(variables[each.name]) for each in fields(Limits)})
