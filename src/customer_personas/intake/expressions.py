"""Columns that the mapping computes from others, by simple SQL expressions."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from customer_personas.intake.columns import key
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Round, exp.Abs)
_ALLOWED = (
    *_ARITHMETIC,
    exp.Paren,
    exp.Literal,
    exp.Null,
    exp.Boolean,
    exp.Column,
    exp.Identifier,
    exp.DPipe,
    exp.Concat,
    exp.Case,
    exp.If,
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.And,
    exp.Or,
    exp.Not,
    exp.Is,
    exp.In,
    exp.Like,
    exp.Coalesce,
    exp.Nullif,
    exp.Lower,
    exp.Upper,
    exp.Trim,
    exp.Substring,
    exp.Left,
    exp.Right,
    exp.Replace,
    exp.SplitPart,
)

# A text, a quoted name, or whatever stands between blanks and the signs of the language.
_WORD_OR_QUOTED = r"""'[^']*'|"[^"]*"|[^\s'"()+*/|<>=!,;-]+"""

# Hashes a column that holds a direct identifier, where it has to serve as id.
KEYED_HASH = "keyed_hash"
# As macros/engine/keyed_hash.sql has it.
KEYED_HASH_SQL = (
    "sha256(getvariable('{key}_outer') || "
    "unhex(sha256(getvariable('{key}_inner') || encode({text}))))"
)
KEY_NAMES = ("identifier_key", "identifier_key_previous")


@dataclass(frozen=True)
class Expression:
    """An expression of the mapping, checked against the columns of one file.

    Attributes
    ----------
    text : str
        As the mapping has it.
    is_number : bool
        Whether it gives a number.
    numbers, columns : list of str
        The columns it uses as numbers, and all it uses.
    tree : sqlglot.exp.Expr
        The parsed expression.
    """

    text: str
    is_number: bool
    numbers: list[str]
    columns: list[str]
    tree: exp.Expr

    def sql(self, text_of: Callable[[str], str], number_of: Callable[[str], str]) -> str:
        """Write the SQL of its text.

        Parameters
        ----------
        text_of, number_of : callable
            Give the SQL of a column as cleaned text, and as number (DOUBLE).

        Returns
        -------
        str
            The expression; where a number that it uses cannot be read, a text that says so and is
            no number itself.
        """

        def column_sql(node: exp.Expr) -> exp.Expr:
            if _is_keyed_hash(node):
                text = node.expressions[0].copy().transform(column_sql).sql(dialect="duckdb")
                # as macros/staging/hash_identifier.sql makes one of an e-mail address
                hashed = KEYED_HASH_SQL.format(key=KEY_NAMES[0], text=f"lower({text})")
                return sqlglot.parse_one(hashed, dialect="duckdb")
            if not isinstance(node, exp.Column):
                return node
            name = node.name
            is_operand = name in self.numbers and _is_operand(node)
            return sqlglot.parse_one(
                f"({number_of(name) if is_operand else text_of(name)})", dialect="duckdb"
            )

        value = f"cast({self.tree.copy().transform(column_sql).sql(dialect='duckdb')} as varchar)"
        for name in self.numbers:
            value = (
                f"case when {text_of(name)} is not null and {number_of(name)} is null "
                f"then 'no number: ' || {text_of(name)} else {value} end"
            )
        return value


def quote_marked_names(text: str) -> str:
    """Quote the names of an expression whose letters have marks, as those of Hindi and Thai.

    Parameters
    ----------
    text : str
        The expression.

    Returns
    -------
    str
        The same; the parser takes a mark for the end of a name.
    """

    def quoted(found: re.Match) -> str:
        word = found[0]
        is_marked = any(unicodedata.category(sign).startswith("M") for sign in word)
        return f'"{word}"' if is_marked and word[0] not in "'\"" else word

    return re.sub(_WORD_OR_QUOTED, quoted, text)


def parse_expression(
    text: str, names: list[str], source_file: str, column: str, may_lack: bool = False
) -> Expression:
    """Parse an expression of the mapping.

    Parameters
    ----------
    text : str
        The expression: columns of the file, texts, numbers, ``+ - * / ||``, comparisons, ``case``
        and a few functions of text and numbers.
    names : list of str
        Columns of the file.
    source_file, column : str
        For messages.
    may_lack : bool
        Whether a column that the file lacks is null, not a fault: presets know columns that only
        some exports of a tool have.

    Returns
    -------
    Expression
        With its columns named as in `names`.

    Raises
    ------
    IntakeError
        If it cannot be parsed, uses what is not allowed or a column that the file lacks.
    """
    place = f"{MAPPING_FILE}: the expression {text!r} of {column}"
    try:
        tree = sqlglot.parse_one(quote_marked_names(text), dialect="duckdb")
        # what follows goes through it as deep
        tree.sql(dialect="duckdb")
    except RecursionError:
        raise IntakeError(
            f"{MAPPING_FILE}: the expression of {column} has too many parts within each other. "
            "Write a shorter one, or compute the column before the files are delivered."
        ) from None
    except sqlglot.errors.SqlglotError:
        raise IntakeError(
            f"{place} cannot be understood. Write it like price_cents / 100 or "
            "first_name || ' ' || last_name; put column names with other signs in double quotes."
        ) from None
    by_key = {key(name): name for name in names}
    if may_lack:
        for lacking in list(tree.find_all(exp.Column)):
            if key(lacking.name) not in by_key:
                tree = exp.Null() if lacking is tree else tree
                lacking.replace(exp.Null())
    for node in tree.walk():
        if not isinstance(node, _ALLOWED) and not _is_keyed_hash(node):
            raise IntakeError(
                f"{place} uses {node.sql(dialect='duckdb')!r}, which is not possible there. It can "
                "use columns of the file, + - * / ||, comparisons, case, coalesce, nullif, round, "
                "abs, lower, upper, trim, replace, substring, left, right, split_part, concat and "
                "keyed_hash of one column."
            )
        if isinstance(node, exp.Column):
            if key(node.name) not in by_key or node.table:
                raise IntakeError(
                    f"{place} uses the column {node.sql(dialect='duckdb')}, which {source_file} "
                    f"lacks; found: {', '.join(names)}."
                )
            node.set("this", exp.to_identifier(by_key[key(node.name)], quoted=True))
    columns = list(dict.fromkeys(node.name for node in tree.find_all(exp.Column)))
    numbers = list(
        dict.fromkeys(node.name for node in tree.find_all(exp.Column) if _is_operand(node))
    )
    return Expression(text, _is_number(tree), numbers, columns, tree)


def _is_keyed_hash(node: exp.Expr) -> bool:
    """Tell whether a node hashes one value under the identifier key."""
    return (
        isinstance(node, exp.Anonymous)
        and node.name.lower() == KEYED_HASH
        and len(node.expressions) == 1
    )


def _results(node: exp.Expr) -> list[exp.Expr]:
    """Give the parts of which one is the result: branches of a case, arguments of coalesce."""
    if isinstance(node, exp.Paren):
        return [node.this]
    if isinstance(node, exp.Case):
        branches = [each.args["true"] for each in node.args["ifs"]]
        return branches + ([node.args["default"]] if node.args.get("default") else [])
    if isinstance(node, exp.Coalesce):
        return [node.this, *node.expressions]
    if isinstance(node, exp.Nullif):
        return [node.this, node.expression]
    return []


def _is_number(node: exp.Expr) -> bool:
    """Tell whether an expression gives a number."""
    if isinstance(node, exp.Literal):
        return not node.is_string
    return isinstance(node, _ARITHMETIC) or any(_is_number(each) for each in _results(node))


def _is_operand(node: exp.Expr) -> bool:
    """Tell whether a column is used as a number: in arithmetic, or beside a number."""
    above = node.parent
    if isinstance(above, exp.If):
        above = above.parent
    if isinstance(above, _ARITHMETIC):
        return True
    if isinstance(above, exp.GT | exp.GTE | exp.LT | exp.LTE | exp.EQ | exp.NEQ):
        return any(_is_number(side) for side in (above.this, above.expression))
    if isinstance(above, exp.In):
        return above.this is node and any(_is_number(each) for each in above.expressions)
    if above is not None and any(each is node for each in _results(above)):
        return _is_number(above) or _is_operand(above)
    return False
