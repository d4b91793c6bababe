"""The values of a column, and what a format module gives back."""

import re
from dataclasses import dataclass, replace

import duckdb

from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE
from customer_personas.sql import literal

# Spaces of every width, and signs that take no room at all.
_BLANK_RANGES = [
    *((9, 13), (32, 32), (133, 133), (160, 160), (5760, 5760), (6158, 6158), (8192, 8207)),
    *((8232, 8239), (8287, 8297), (12288, 12288), (65279, 65279)),
]
BLANKS = literal("".join(chr(code) for a, b in _BLANK_RANGES for code in range(a, b + 1)))
# Texts that programs write for nothing, and spreadsheets for an error, in the languages they speak.
MISSING = (
    *("null", "(null)", "[null]", "nan", "-nan", "n/a", "#n/a", "nat", "<na>", r"\n"),
    *("undefined", "(not set)", "(no value)", "[object object]"),
    *("(blank)", "(leer)", "(vide)", "(en blanco)", "(vuoto)", "(empty)", "(空白)"),
    *("#ref!", "#value!", "#name?", "#null!", "#num!", "#div/0!", "#error!", "#getting_data"),
    *("#spill!", "#calc!", "#field!", "#blocked!", "#connect!", "#unknown!", "#busy!"),
    *("#nv", "#bezug!", "#wert!", "#zahl!", "#überlauf!"),
    *("#valeur!", "#nom?", "#nombre!", "#nul!", "#n/d", "#rif!", "#valore!", "#nome?"),
    *("#¡ref!", "#¡valor!", "#¿nombre?", "#¡num!", "#¡nulo!", "#¡div/0!", "#valor!", "#nulo!"),
    *("#n/b", "#verw!", "#waarde!", "#naam?", "#getal!", "#deel/0!", "#leeg!"),
    *("#adr!", "#arg!", "#nazwa?", "#liczba!", "#zero!", "#dziel/0!"),
    *("#н/д", "#ссылка!", "#знач!", "#имя?", "#число!", "#пусто!", "#дел/0!"),
    *(f"err:{number}" for number in (*range(501, 528), 532)),
)
# Where a number, date or id is expected, these can mean nothing else.
MISSING_WHERE_TYPED = ("na", "none", "nil", "-", "--")
# A reading that contradicts more than this share of the values that tell is no reading.
TOLERATED = 0.05


@dataclass(frozen=True)
class Reading:
    """How a column is read.

    Attributes
    ----------
    format : str
        The format, in words.
    sql : str
        The value, out of the received row; null where it is missing or cannot be read.
    decided_by : str
        ``values``, ``mapping`` or ``file type``.
    unreadable : int or None
        Records with a text that it cannot read, where they are counted already.
    """

    format: str
    sql: str
    decided_by: str = "values"
    unreadable: int | None = None


@dataclass(frozen=True)
class Column:
    """A column of a file whose format is to be decided.

    Attributes
    ----------
    session : duckdb.DuckDBPyConnection
        Where the received records are.
    source_file, name : str
        For messages.
    text : str
        SQL of its cleaned text, null where it is missing.
    values : str
        Temporary table with its distinct texts that are not missing: ``value`` and their number
        ``n``.
    settings : dict
        What the mapping says about it.
    is_native_number, is_native_time : bool
        Whether the file itself says that these are numbers, or times.
    odd_values : str or None
        Those of its texts that are not of the plainest form of what it holds, where they were
        looked for already.
    """

    session: duckdb.DuckDBPyConnection
    source_file: str
    name: str
    text: str
    values: str
    settings: dict
    is_native_number: bool = False
    is_native_time: bool = False
    odd_values: str | None = None

    def counts(self, **conditions: str) -> dict[str, int]:
        """Count the records whose value meets each condition.

        Parameters
        ----------
        **conditions : str
            SQL conditions over ``value``.

        Returns
        -------
        dict of str to int
            Numbers of records, by the names of the conditions.
        """
        sums = ", ".join(
            f"coalesce(sum(n) filter ({condition}), 0)::bigint" for condition in conditions.values()
        )
        (row,) = self.session.execute(f"select {sums} from {self.values}").fetchall()
        return dict(zip(conditions, row, strict=True))

    def odd(self, plain: str) -> "Column":
        """Give the column with those texts only that are not of the plainest form.

        Most columns have hardly any, and the costlier questions are asked of these only.

        Parameters
        ----------
        plain : str
            SQL condition over ``value`` that texts of the plainest form meet.

        Returns
        -------
        Column
            The same column with fewer values.
        """
        if self.odd_values is None:
            odd = replace(self, odd_values=f"{self.values}_odd")
            self.session.execute(
                f"create or replace temp table {odd.odd_values} as from {self.values} "
                f"where ({plain}) is not true"
            )
            return odd.odd(plain)
        return replace(self, values=self.odd_values)

    def samples(self, condition: str = "true") -> str:
        """Give some values for a message.

        Parameters
        ----------
        condition : str
            SQL condition over ``value`` that they meet.

        Returns
        -------
        str
            Up to three of them, quoted, the most frequent first.
        """
        rows = self.session.execute(
            f"select value from {self.values} where {condition} order by n desc, value limit 3"
        ).fetchall()
        return ", ".join(repr(value) for (value,) in rows)

    def undecidable(self, problem: str, setting: str, choices: str) -> IntakeError:
        """Describe a column that can be read in two ways, and the setting that decides it.

        Parameters
        ----------
        problem : str
            The two ways.
        setting, choices : str
            Name of the setting in the mapping, and what it may be.

        Returns
        -------
        IntakeError
            To be raised.
        """
        return IntakeError(
            f"{self.source_file}, column {self.name}: {problem}. Say in {MAPPING_FILE} which it "
            f"is: {setting}: {choices}, under settings for all files, or for this file or column."
        )


def needs_cleaning(column: str, missing: tuple[str, ...]) -> str:
    """Write the SQL that tells whether a text has blanks around it or says nothing.

    Parameters
    ----------
    column : str
        SQL of the received text.
    missing : tuple of str
        Texts, in lower case, that stand for nothing.

    Returns
    -------
    str
        The expression.
    """
    blank = "[" + "".join(f"\\x{{{a:X}}}-\\x{{{b:X}}}" for a, b in _BLANK_RANGES) + "]"
    texts = "|".join(re.escape(text) for text in missing)
    return f"regexp_matches({column}, {literal(f'(?i)^(?:{blank}|(?:{texts})?$)|{blank}$')})"


def cleaned(column: str, missing: tuple[str, ...]) -> str:
    """Write the SQL of a text without blanks around it, null where it says nothing.

    Parameters
    ----------
    column : str
        SQL of the received text.
    missing : tuple of str
        Texts, in lower case, that stand for nothing.

    Returns
    -------
    str
        The expression.
    """
    trimmed = f"trim({column}, {BLANKS})"
    texts = "|".join(re.escape(text) for text in missing)
    # no IN: the engine makes a join of a long one, and one for each mention of the text
    says_nothing = f"regexp_full_match({trimmed}, {literal(f'(?i)(?:{texts})?')})"
    # most texts are clean, and trimming takes ten times as long as looking
    return (
        f"case when not {needs_cleaning(column, missing)} then {column} "
        f"when not {says_nothing} then {trimmed} end"
    )


# Where the ten digits of scripts begin: Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil,
# Telugu, Kannada, Malayalam, Thai, Lao, Myanmar and Khmer.
_ZEROS = (
    *(0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040, 0x17E0),
)
# Plain digits, signs and blanks, and those of other scripts and widths that stand for them:
# full-width ones, Arabic and Persian digits with their decimal and thousands signs, dashes, blanks
# that do not break (programs write one before PM).
_PLAIN_SIGNS = {
    **dict(zip("０１２３４５６７８９．，－＋％／：（）", "0123456789.,-+%/:()", strict=True)),
    **dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬٪", "01234567890123456789.,%", strict=True)),
    **{chr(zero + digit): str(digit) for zero in _ZEROS for digit in range(10)},
    **dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{FIGURE DASH}\N{NON-BREAKING HYPHEN}", "-"),
    **dict.fromkeys("\N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}", " "),
}
# Signs that take no room: they say in which direction a text is written, or nothing.
_UNSEEN_SIGNS = "".join(
    map(chr, (0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)))
)


def half_width(text: str) -> str:
    """Write the SQL of a text with plain digits, signs and blanks, and without unseen signs.

    Parameters
    ----------
    text : str
        SQL of the text.

    Returns
    -------
    str
        An expression.
    """
    signs = "".join(_PLAIN_SIGNS) + _UNSEEN_SIGNS  # what has no counterpart is taken out
    plain = f"translate({text}, '{signs}', '{''.join(_PLAIN_SIGNS.values())}')"
    # most texts have nothing to bring to plain signs, and looking takes long
    return f"case when strlen({text}) = length({text}) then {text} else {plain} end"
