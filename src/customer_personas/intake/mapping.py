"""What mapping.yml, beside the files of a landing folder, says about names, units and formats."""

import difflib
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from customer_personas.intake.columns import key
from customer_personas.intake.entities import ENTITIES
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.folder import MAPPING_FILE

ENCODINGS = ("utf-8", "utf-16", "latin-1", "gb18030")
_CHOICES = {
    "date_order": ("day_first", "month_first"),
    "decimal_mark": ("point", "comma"),
    "encoding": ENCODINGS,
}
_SETTINGS = {
    "date_order",
    "date_format",
    "decimal_mark",
    "time_zone",
    "encoding",
    "delimiter",
    "missing_values",
}
_FOR_ONE_COLUMN = {"date_order", "date_format", "decimal_mark", "time_zone", "read_as"}
_READ_AS = ("text", "number", "date")
# Asked of the engine, which is what will use them.
_CHECKS = {
    "time_zone": "select count(*) from pg_timezone_names() where name = ?",
    "date_format": "select strftime(timestamp '2024-12-31', ?) != ''",
    "delimiter": "select length(?) = 1",
}
_WRONG = {
    "time_zone": "no time zone; name one like Europe/Berlin",
    "date_format": "no format of dates; write it like %d.%m.%Y %H:%M",
    "delimiter": "not one character",
}


@dataclass(frozen=True)
class ColumnMapping:
    """Where one canonical column comes from: at most one of the first three is given.

    Attributes
    ----------
    column : str or None
        A column of the file.
    expression : str or None
        SQL over columns of the file.
    value : str or None
        The same text for every record.
    settings : dict
        Formats of this column.
    """

    column: str | None = None
    expression: str | None = None
    value: str | None = None
    settings: dict = field(default_factory=dict)


@dataclass(frozen=True)
class EntityMapping:
    """What the mapping says about one entity.

    Attributes
    ----------
    columns : dict of str to ColumnMapping
        By canonical column.
    attributes : dict of str to dict
        By the key of a further column, formats of that column.
    settings : dict
        Formats of all its columns, the general ones included.
    ignore : list of str
        Columns that are kept in the record as received and are not read.
    """

    columns: dict[str, ColumnMapping] = field(default_factory=dict)
    attributes: dict[str, dict] = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    ignore: list[str] = field(default_factory=list)

    def renames(self) -> dict[str, str]:
        """Return, by canonical column, the column of the file that is read for it."""
        return {name: c.column for name, c in self.columns.items() if c.column is not None}

    def settings_of(self, column: str) -> dict:
        """Return the settings that hold for a canonical column or an attribute."""
        if column in self.columns:
            return self.settings | self.columns[column].settings
        return self.settings | self.attributes.get(key(column), {})


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file.

    Attributes
    ----------
    entities : dict of str to EntityMapping
        By entity; those that the file does not name have the general settings.
    files : dict of str to list of str
        By entity, the patterns of its file names, in the order of the file.
    """

    entities: dict[str, EntityMapping]
    files: dict[str, list[str]]


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice, of which YAML would silently take the last."""


def _no_key_twice(loader: _StrictLoader, node: yaml.MappingNode) -> dict:
    seen = set()
    for name, _ in node.value:
        if name.value in seen:
            line = name.start_mark.line + 1
            raise IntakeError(
                f"{MAPPING_FILE}, line {line}: {name.value} stands there twice. Take one out."
            )
        seen.add(name.value)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _no_key_twice)


def load_mapping(folder: Path) -> Mapping:
    """Read and check the mapping file of a landing folder.

    Parameters
    ----------
    folder : Path
        The landing folder.

    Returns
    -------
    Mapping
        An empty one where there is no mapping file.

    Raises
    ------
    IntakeError
        If it is no YAML or says something that cannot be meant; the message names the place.
    """
    path = folder / MAPPING_FILE
    other = path.with_suffix(".yaml")
    if other.exists():
        raise IntakeError(f"{other} is not read. Rename it to {MAPPING_FILE}.")
    if not path.exists():
        content = {}
    else:
        try:
            content = yaml.load(path.read_text(encoding="utf-8-sig"), _StrictLoader) or {}
        except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
            raise IntakeError(f"{path} cannot be read: {error}. Mend it.") from None
    _check_keys(content, {"settings", "entities"}, "")
    general = _settings(content.get("settings"), _SETTINGS, "settings")
    given = content.get("entities") or {}
    _check_keys(given, set(ENTITIES), "entities")
    return Mapping(
        {name: _entity(name, given.get(name) or {}, general) for name in ENTITIES},
        {
            name: _texts(part.get("files"), f"entities: {name}: files")
            for name, part in given.items()
            if part
        },
    )


def _entity(name: str, part: dict, general: dict) -> EntityMapping:
    place = f"entities: {name}"
    _check_keys(part, {"files", "columns", "attributes", "settings", "ignore"}, place)
    given = _as_dict(part.get("columns") or {}, f"{place}: columns")
    _check_keys(given, {column.name for column in ENTITIES[name]}, f"{place}: columns")
    columns = {
        column: _column(what, f"{place}: columns: {column}") for column, what in given.items()
    }
    _no_column_twice(columns, name)
    attributes = _as_dict(part.get("attributes") or {}, f"{place}: attributes")
    return EntityMapping(
        columns,
        {
            key(column): _settings(what, _FOR_ONE_COLUMN, f"{place}: attributes: {column}")
            for column, what in attributes.items()
        },
        general | _settings(part.get("settings"), _SETTINGS, f"{place}: settings"),
        [key(each) for each in _texts(part.get("ignore"), f"{place}: ignore")],
    )


def _column(what: object, place: str) -> ColumnMapping:
    if isinstance(what, str):
        return ColumnMapping(column=what)
    if isinstance(what, int | float):
        return ColumnMapping(column=str(what))
    given = _as_dict(what, place)
    sources = {"column", "expression", "value"}
    _check_keys(given, sources | _FOR_ONE_COLUMN, place)
    named = sources & set(given)
    if len(named) > 1 or not given:
        raise IntakeError(
            f"{MAPPING_FILE}, {place}: give one of column, expression and value, not "
            f"{' and '.join(sorted(named)) or 'none'}."
        )
    settings = {name: value for name, value in given.items() if name not in sources}
    return ColumnMapping(
        **{name: str(given[name]) for name in named},
        settings=_settings(settings, _FOR_ONE_COLUMN, place),
    )


def _no_column_twice(columns: dict[str, ColumnMapping], entity: str) -> None:
    readers: dict[str, str] = {}
    for name, mapping in columns.items():
        if mapping.column is None:
            continue
        if key(mapping.column) in readers:
            raise IntakeError(
                f"{MAPPING_FILE}: the column {mapping.column} is mapped twice in {entity}, to "
                f"{readers[key(mapping.column)]} and to {name}. Take one out, or write "
                f"{name}: {{expression: {mapping.column}}} if both are meant."
            )
        readers[key(mapping.column)] = name


def _settings(given: object, allowed: set[str], place: str) -> dict:
    settings = _as_dict(given or {}, place)
    _check_keys(settings, allowed, place)
    for name, choices in (_CHOICES | {"read_as": _READ_AS}).items():
        if name in settings and settings[name] not in choices:
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: {name} is {settings[name]!r}; it can be one of "
                f"{', '.join(choices)}."
            )
    for name, query in _CHECKS.items():
        if name in settings and not _is_fine(query, settings[name]):
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: {name} is {settings[name]!r}, which is {_WRONG[name]}."
            )
    if "missing_values" in settings:
        texts = _texts(settings["missing_values"], f"{place}: missing_values")
        settings = settings | {"missing_values": [text.strip().lower() for text in texts]}
    return settings


def _is_fine(query: str, value: object) -> bool:
    with duckdb.connect() as session:
        try:
            return bool(session.execute(query, [str(value)]).fetchall()[0][0])
        except duckdb.Error:
            return False


def _texts(given: object, place: str) -> list[str]:
    if given is None:
        return []
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list):
        raise IntakeError(f"{MAPPING_FILE}, {place}: give a list, not {given!r}.")
    return [str(each) for each in given]


def _as_dict(given: object, place: str) -> dict:
    if not isinstance(given, dict):
        raise IntakeError(
            f"{MAPPING_FILE}{', ' + place if place else ''}: expected names with values "
            f"(name: value), found {given!r}."
        )
    return {str(name): value for name, value in given.items()}


def _check_keys(given: object, allowed: set[str], place: str) -> None:
    for name in _as_dict(given, place):
        if name not in allowed:
            alike = difflib.get_close_matches(name, sorted(allowed), n=1)
            hint = f" Did you mean {alike[0]}?" if alike else ""
            raise IntakeError(
                f"{MAPPING_FILE}{', ' + place if place else ''}: {name!r} is not known there; "
                f"known are {', '.join(sorted(allowed))}.{hint}"
            )
