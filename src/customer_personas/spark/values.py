"""What DuckDB's functions give for one value, for engines that have no such functions."""

import json
import unicodedata
from typing import Any


def write_number(number: float | None) -> str | None:
    """Write a double with as few digits as tell it from any other, as DuckDB's cast does.

    Parameters
    ----------
    number : float or None
        A number.

    Returns
    -------
    str or None
        Its text.
    """
    return None if number is None else str(number)


def compose_letters(text: str | None) -> str | None:
    """Compose letters and their marks, as DuckDB's ``nfc_normalize`` does.

    Parameters
    ----------
    text : str or None
        A text.

    Returns
    -------
    str or None
        The text in Unicode's normal form C.
    """
    return None if text is None else unicodedata.normalize("NFC", text)


def write_record(row: Any) -> str:
    """Write a row as a JSON text, fields without a value included, as DuckDB's ``to_json`` does.

    Parameters
    ----------
    row : pyspark.sql.Row
        A row of texts.

    Returns
    -------
    str
        The JSON object.
    """
    return json.dumps(row.asDict(), ensure_ascii=False, separators=(",", ":"))


def merge_json(record: str | None, patch: str | None) -> str | None:
    """Change a JSON object, as DuckDB's ``json_merge_patch`` does (RFC 7396).

    Parameters
    ----------
    record : str or None
        A JSON text.
    patch : str or None
        What to change; a field that is null there is taken out.

    Returns
    -------
    str or None
        The JSON text; None where one of them is.
    """
    if record is None or patch is None:
        return None
    merged = _merge(json.loads(record), json.loads(patch))
    return json.dumps(merged, ensure_ascii=False, separators=(",", ":"))


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merge(merged.get(name), value)
    return merged
