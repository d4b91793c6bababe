"""Macros of the project rendered without dbt, to be tried on many values in one query."""

import datetime
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2

MACROS = Path(__file__).parents[2] / "macros"


class _ReturnedError(Exception):
    """Carries what a macro returns, as dbt's own `return` does."""


class RefusedError(Exception):
    """What a macro refuses, as dbt's compiler error does."""


class _Adapter:
    """What macros know of the adapter: it finds DuckDB's form of a macro."""

    def __init__(self, macros: dict[str, Any]) -> None:
        self._macros = macros

    def dispatch(self, name: str, _: str) -> Any:
        return self._macros[f"duckdb__{name}"]


class _Dbt:
    """What models ask of dbt itself."""

    @staticmethod
    def safe_cast(text: str, kind: str) -> str:
        return f"try_cast({text} as {kind})"

    @staticmethod
    def dateadd(part: str, count: Any, day: str) -> str:
        return f"({day} + ({count}) * interval 1 {part})"

    @staticmethod
    def datediff(first: str, second: str, part: str) -> str:
        return f"date_diff('{part}', {first}, {second})"

    @staticmethod
    def escape_single_quotes(text: str) -> str:
        return text.replace("'", "''")

    @staticmethod
    def string_literal(text: str) -> str:
        return f"'{text}'"

    @staticmethod
    def listagg(text: str, separator: str, order: str) -> str:
        return f"string_agg({text}, {separator} {order})"

    @staticmethod
    def date_trunc(grain: str, day: str) -> str:
        return f"date_trunc('{grain}', {day})"


def render(expression: str, context: dict[str, Any] | None = None, **variables: Any) -> str:
    """Render an expression with the project's macros.

    Parameters
    ----------
    expression : str
        Jinja, such as ``{{ age_band('age') }}``, or a whole model, whose references are
        then relations of their own names.
    context : dict, optional
        What else dbt would give by name, such as ``graph``.
    **variables
        What ``var`` gives.

    Returns
    -------
    str
        SQL.
    """
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    macros: dict[str, Any] = {}

    def give(value: Any) -> None:
        raise _ReturnedError(value)

    def in_file(text: str, name: str) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            try:
                return getattr(environment.from_string(text).module, name)(*arguments, **named)
            except _ReturnedError as returned:
                return returned.args[0]

        return call

    for path in MACROS.rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"{%-? macro (\w+)", text):
            macros[name] = in_file(text, name)

    def refuse(message: str) -> None:
        raise RefusedError(message)

    own = {"var": variables.__getitem__, "return": give, "adapter": _Adapter(macros)}
    own |= {"ref": lambda name: name, "dbt": _Dbt, "config": lambda **_: ""}
    own |= {"modules": SimpleNamespace(re=re, datetime=datetime)}
    own |= {"exceptions": SimpleNamespace(raise_compiler_error=refuse)}
    environment.globals.update(macros | own | (context or {}))
    return environment.from_string(expression).render()
