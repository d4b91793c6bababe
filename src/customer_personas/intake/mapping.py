"""What mapping.yml, beside the files of a landing folder, says about names, units and formats."""

import codecs
import difflib
import re
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path

import duckdb
import yaml

from customer_personas.intake.columns import key
from customer_personas.intake.entities import ENTITIES, WITH_ATTRIBUTES
from customer_personas.intake.errors import IntakeError
from customer_personas.intake.expressions import quote_marked_names
from customer_personas.intake.folder import (
    MAPPING_FILE,
    containers_of,
    entity_of,
    refuse_no_file,
)
from customer_personas.intake.layouts import BLANKS
from customer_personas.intake.needs import NeedMapping
from customer_personas.intake.presets import add_preset, load_presets, parts_by_preset

_CHOICES = {
    "date_order": ("day_first", "month_first", "year_first"),
    "decimal_mark": ("point", "comma"),
}
# How a file is laid out, whatever its columns hold.
LAYOUT = {"delimiter", "widths", "header_line", "records", "explode", "side_by_side"}
_SETTINGS = {
    "date_order",
    "date_format",
    "decimal_mark",
    "time_zone",
    "encoding",
    "missing_values",
    *LAYOUT,
}
_FOR_ONE_COLUMN = {
    "date_order",
    "date_format",
    "decimal_mark",
    "time_zone",
    "read_as",
    "missing_values",
}
_FOR_ONE_ATTRIBUTE = _FOR_ONE_COLUMN | {"label"}
_READ_AS = ("text", "number", "date")
_LISTS = ("missing_values", "widths", "side_by_side")
# Asked of the engine, which is what will use them.
_CHECKS = {
    "time_zone": "select count(*) from pg_timezone_names() where name = ?",
    "date_format": "select strftime(timestamp '2024-12-31', ?) != ''",
    "delimiter": f"select length($1) = 1 or $1 = '{BLANKS}'",
    "header_line": "select $1 = 'none' or try_cast($1 as integer) between 1 and 10000",
}
# Targets of the project itself: what they say comes from elsewhere.
_OWN_TARGETS = ("will_purchase", "next_need", "declared_need")
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "pipe": "|"}
_WRONG = {
    "time_zone": "no time zone; name one like Europe/Berlin",
    "date_format": "no format of dates; write it like %d.%m.%Y %H:%M",
    "delimiter": "neither one character nor one of comma, semicolon, tab, bar and blanks",
    "header_line": "neither the number of a line, from 1, nor none",
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
    is_assumed : bool
        Whether a preset says so: then a file need not have the columns.
    """

    column: str | None = None
    expression: str | None = None
    value: str | None = None
    settings: dict = field(default_factory=dict)
    is_assumed: bool = False


@dataclass(frozen=True)
class Lookup:
    """A second file that gives further columns, by a key.

    Attributes
    ----------
    file : str
        Its name within the landing folder.
    key, file_key : str
        The column of the records, and the column of the second file, that have to be equal.
    columns : dict of str to str
        By the name they get, the columns of the second file; none: all but its key.
    settings : dict
        Formats of the second file: its encoding and delimiter count.
    """

    file: str
    key: str
    file_key: str
    columns: dict[str, str] = field(default_factory=dict)
    settings: dict = field(default_factory=dict)


@dataclass(frozen=True)
class EntityMapping:
    """What the mapping says about an entity, or about some of its files.

    Attributes
    ----------
    files : list of str
        Patterns of the names of its files; none: those that are named after the entity.
    columns : dict of str to ColumnMapping
        By canonical column.
    attributes : dict of str to dict
        By further column, its formats and its label: what people call it.
    settings : dict
        Formats of all its columns, the general ones included.
    ignore : list of str
        Columns that are kept in the record as received and are not read.
    lookups : list of Lookup
        Second files, in the order in which they are looked into.
    keep_equal_lines : bool
        Whether equal records of one file are as many things, not one that was repeated.
    order_columns : list of str or None
        Columns of the order, which may stand on its first line only; None: the values tell.
    needs : list of NeedMapping
        Columns that are targets, and no features.
    is_given : bool
        Whether the mapping file says anything about it.
    assumed : tuple of str
        What only a preset says and what therefore need not be there: keys of columns that are
        ignored or described, and ``files`` for their patterns. Sorted, since files are known by
        what is said of them.
    """

    files: list[str] = field(default_factory=list)
    columns: dict[str, ColumnMapping] = field(default_factory=dict)
    attributes: dict[str, dict] = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    ignore: list[str] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    keep_equal_lines: bool = False
    order_columns: list[str] | None = None
    needs: list[NeedMapping] = field(default_factory=list)
    is_given: bool = False
    assumed: tuple[str, ...] = ()

    def named_columns(self) -> dict[str, str]:
        """Return the columns of files that it names, those of a preset left out.

        Returns
        -------
        dict of str to str
            By key, as they are written in the mapping.
        """
        renamed = [
            c.column for c in self.columns.values() if c.column is not None and not c.is_assumed
        ]
        others = [*self.ignore, *self.attributes, *(self.order_columns or [])]
        described = [name for name in others if key(name) not in self.assumed]
        needs = [need.column for need in self.needs]
        return {key(name): name for name in [*renamed, *described, *needs]}

    def known_names(self, entity: str) -> set[str]:
        """Return the names by which a header, or the fields of a record, can be known.

        Parameters
        ----------
        entity : str
            Canonical name of the entity.

        Returns
        -------
        set of str
            Keys of canonical columns and of the columns of files that it names, those in
            expressions included; of a field within another one the outer one's, too.
        """
        names = [each for c in ENTITIES[entity] for each in (c.name, *c.aliases)]
        names += self.named_columns()
        for each in self.columns.values():
            # (words of the language among them do no harm: they are no names of columns)
            expression = quote_marked_names(each.expression or "")
            without_texts = re.sub(r"'[^']*'", " ", expression)
            names += re.findall(r"\"[^\"]+\"|\b[^\W\d]\w*\b(?!\s*\()", without_texts)
        names += [lookup.key for lookup in self.lookups]
        outer = [c.column.split(".")[0] for c in self.columns.values() if c.column is not None]
        outer += [self.settings["explode"].split(".")[0]] if "explode" in self.settings else []
        return {key(name) for name in [*names, *outer]} - {""}

    def renames(self) -> dict[str, str]:
        """Return which columns of the file are read for canonical ones.

        Returns
        -------
        dict of str to str
            By canonical column, the column of the file.
        """
        return {name: c.column for name, c in self.columns.items() if c.column is not None}

    def settings_of(self, column: str) -> dict:
        """Return the settings that hold for a column.

        Parameters
        ----------
        column : str
            A canonical column or an attribute.

        Returns
        -------
        dict
            Its own settings over those of the files.
        """
        if column in self.columns:
            return self.settings | self.columns[column].settings
        own = {key(name): settings for name, settings in self.attributes.items()}
        return self.settings | own.get(key(column), {})


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file.

    Attributes
    ----------
    entities : dict of str to list of EntityMapping
        By entity, its groups of files; the last one has no patterns and stands for all other files.
    """

    entities: dict[str, list[EntityMapping]]

    def of_file(self, name: str) -> tuple[str, EntityMapping] | None:
        """Tell the entity of a file and what holds for it.

        Parameters
        ----------
        name : str
            Name of the file within the landing folder.

        Returns
        -------
        tuple of str and EntityMapping, or None
            The first group with a pattern that fits; else the entity that the file is named after;
            None where the name tells nothing.
        """
        for entity, groups in self.entities.items():
            for group in groups:
                if any(_fits(name, pattern) for pattern in group.files):
                    return entity, group
        named = entity_of(name)
        # customers_segments.csv, into which customers look, holds no customers
        if named is None or any(_fits(name, file) for file in self.second_files(named)):
            return None
        # of a workbook or an archive of which the mapping names what is meant, the rest is not
        spoken_of = [each for pattern in self._files() for each in containers_of(pattern)]
        if any(_fits(each, pattern) for each in containers_of(name) for pattern in spoken_of):
            return None
        return named, self.entities[named][-1]

    def _files(self) -> list[str]:
        """List the patterns of all files, and the second files."""
        groups = [group for each in self.entities.values() for group in each]
        seconds = [lookup.file for group in groups for lookup in group.lookups]
        return [*(pattern for group in groups for pattern in group.files), *seconds]

    def second_files(self, entity: str) -> set[str]:
        """Name the second files that an entity looks into.

        Parameters
        ----------
        entity : str
            Canonical name.

        Returns
        -------
        set of str
            Names within the landing folder.
        """
        return {lookup.file for group in self.entities[entity] for lookup in group.lookups}

    def patterns_without_file(self, names: list[str]) -> list[tuple[str, str]]:
        """List the patterns of file names that fit no file.

        Parameters
        ----------
        names : list of str
            Names of all files within the landing folder.

        Returns
        -------
        list of tuple of str and str
            Entity and pattern of each.
        """
        return [
            (entity, pattern)
            for entity, groups in self.entities.items()
            for group in groups
            if "files" not in group.assumed
            for pattern in group.files
            if not any(_fits(name, pattern) for name in names)
        ]


def _fits(name: str, pattern: str) -> bool:
    # a name with brackets, written as it is, is meant as it is; that of an archive or a workbook
    # stands for all that it holds
    names = [name, *containers_of(name)]
    return pattern in names or any(fnmatch(each, pattern) for each in names)


class _StrictLoader(yaml.BaseLoader):
    """Leaves every value a text (NO is Norway) and refuses a key that stands twice."""


def _no_key_twice(loader: _StrictLoader, node: yaml.MappingNode) -> dict:
    seen = set()
    for name, _ in node.value:
        place = f"{MAPPING_FILE}, line {name.start_mark.line + 1}"
        if not isinstance(name.value, str):
            raise IntakeError(f"{place}: expected a name with a value (name: value).")
        if name.value in seen:
            raise IntakeError(f"{place}: {name.value} stands there twice. Take one out.")
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
    content: dict = {}
    if path.exists() or path.is_symlink():
        refuse_no_file(path, folder)
        try:
            content = yaml.load(path.read_text(encoding="utf-8-sig"), _StrictLoader) or {}
        except UnicodeDecodeError:
            raise IntakeError(f"{path} is not UTF-8. Save it as UTF-8.") from None
        except (yaml.YAMLError, OSError) as error:
            raise IntakeError(
                f"{path} cannot be read: {error}. Mend it; indent with blanks, not tabs."
            ) from None
    _check_keys(content, {"preset", "settings", "entities"}, "")
    general = _settings(content.get("settings"), _SETTINGS, "settings")
    given = content.get("entities") or {}
    _check_keys(given, set(ENTITIES), "entities")
    presets = _texts(content.get("preset"), "preset")
    for preset in presets:
        _check_preset(preset, "preset")
    by_entity = parts_by_preset(presets)
    return Mapping(
        {
            name: _groups(name, given.get(name), general, by_entity.get(name, []))
            for name in ENTITIES
        }
    )


def _check_preset(name: object, place: str) -> None:
    known = load_presets()
    if name not in known:
        alike = difflib.get_close_matches(str(name), known, n=1)
        hint = f" Did you mean {alike[0]}?" if alike else ""
        raise IntakeError(
            f"{MAPPING_FILE}, {place}: there is no preset {name!r}; there are "
            f"{', '.join(known)}.{hint}"
        )


def _groups(name: str, part: object, general: dict, presets: list[str]) -> list[EntityMapping]:
    """Read what stands under an entity: one part, or a list of parts with files each."""
    place = f"entities: {name}"
    parts = part if isinstance(part, list) else [part] if part else []
    if presets and not any(isinstance(each, dict) and "preset" in each for each in parts):
        if parts and len(presets) + len(parts) > 2:
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: it cannot be told which part is to be added to the "
                f"preset {' or '.join(presets)}. Write preset: into the parts, each with files: "
                "[...]."
            )
        own = parts[0] if parts else {}
        parts = [{"preset": each} | _as_dict(own, place) for each in presets]
    groups = [_group(name, each, general, place, bool(part)) for each in parts]
    if len(groups) > 1 and not all(group.files for group in groups):
        raise IntakeError(f"{MAPPING_FILE}, {place}: each part of the list needs files: [...].")
    if len(groups) == 1 and "files" in groups[0].assumed:
        # a file of the tool that was renamed after the entity is one of the tool, too
        return [groups[0], replace(groups[0], files=[])]
    rest = groups[0] if len(groups) == 1 and not groups[0].files else None
    return [*groups, EntityMapping(settings=general)] if rest is None else [rest]


def _group(name: str, part: object, general: dict, place: str, is_given: bool) -> EntityMapping:
    known = {"preset", "files", "columns", "attributes", "settings", "ignore", "lookup"}
    known |= {"keep_equal_lines", "order_columns"} if name == "order_lines" else set()
    known |= {"needs"} if name in WITH_ATTRIBUTES else set()
    _check_keys(part, known, place)
    own = {each: what for each, what in _as_dict(part, place).items() if what is not None}
    preset = _preset_of(own.pop("preset", None), name, place)
    part = add_preset(preset, own)
    given = _as_dict(part.get("columns") or {}, f"{place}: columns")
    _check_keys(given, {column.name for column in ENTITIES[name]}, f"{place}: columns")
    columns = {
        column: replace(
            _column(what, f"{place}: columns: {column}"),
            is_assumed=column not in (own.get("columns") or preset),
        )
        for column, what in given.items()
    }
    _no_column_twice(columns, name)
    attributes = _as_dict(part.get("attributes") or {}, f"{place}: attributes")
    assumed = _names_described(part) - _names_described(own) if preset else set()
    if preset and "files" not in own:
        assumed.add("files")
    return EntityMapping(
        _texts(part.get("files"), f"{place}: files"),
        columns,
        {
            column: _settings(what, _FOR_ONE_ATTRIBUTE, f"{place}: attributes: {column}")
            for column, what in attributes.items()
        },
        general | _settings(part.get("settings"), _SETTINGS, f"{place}: settings"),
        _texts(part.get("ignore"), f"{place}: ignore"),
        _lookups(part.get("lookup"), general, f"{place}: lookup"),
        _yes_or_no(part.get("keep_equal_lines", "no"), f"{place}: keep_equal_lines"),
        _texts(part["order_columns"], f"{place}: order_columns")
        if "order_columns" in part
        else None,
        _needs(part.get("needs"), columns, f"{place}: needs"),
        is_given=is_given,
        assumed=tuple(sorted(assumed)),
    )


def _names_described(part: dict) -> set[str]:
    """Give the keys of columns that a part names beside those that it reads for canonical ones."""
    named = [part.get(each) or () for each in ("ignore", "attributes", "order_columns")]
    return {key(each) for names in named for each in names}


def _preset_of(name: object, entity: str, place: str) -> dict:
    """Give what a preset says about an entity; nothing where none is named."""
    if name is None:
        return {}
    _check_preset(name, place)
    preset = load_presets()[str(name)]
    if entity not in preset.entities:
        raise IntakeError(
            f"{MAPPING_FILE}, {place}: the preset {name} is of {', '.join(preset.entities)}. Name "
            "it there."
        )
    return preset.entities[entity]


def _needs(given: object, columns: dict[str, ColumnMapping], place: str) -> list[NeedMapping]:
    """Read which columns are targets: a list, or a single one."""
    needs: list[NeedMapping] = []
    read = {key(each.column): name for name, each in columns.items() if each.column is not None}
    for each in given if isinstance(given, list) else [given] if given else []:
        _check_keys(each, {"target", "column", "positive"}, place)
        need = _as_dict(each, place)
        target, column = need.get("target"), need.get("column")
        if not (isinstance(target, str) and target and isinstance(column, str) and column):
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: each needs target: <its name> and column: <your column>."
            )
        if not re.fullmatch(r"[a-z][a-z0-9_]*", target) or target in _OWN_TARGETS:
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: target is {target!r}; give a name of lower-case "
                f"letters, digits and underscores, other than {', '.join(_OWN_TARGETS)}."
            )
        if key(column) in read:
            raise IntakeError(
                f"{MAPPING_FILE}: the column {column} is mapped twice in customers, to "
                f"{read[key(column)]} and to the target {target}. Take one out."
            )
        if target in {other.target for other in needs}:
            raise IntakeError(f"{MAPPING_FILE}, {place}: {target} stands there twice.")
        read[key(column)] = f"the target {target}"
        needs.append(NeedMapping(target, column, _texts(need.get("positive"), place)))
    return needs


def _column(what: object, place: str) -> ColumnMapping:
    if isinstance(what, str) and what:
        return ColumnMapping(column=what)
    given = _as_dict(what, place)
    sources = {"column", "expression", "value"}
    _check_keys(given, sources | _FOR_ONE_COLUMN, place)
    named = {name for name in sources & set(given) if given[name] != "" or name == "value"}
    if len(named) > 1 or not given:
        raise IntakeError(
            f"{MAPPING_FILE}, {place}: give one of column, expression and value, not "
            f"{' and '.join(sorted(named)) or 'none'}."
        )
    settings = {name: value for name, value in given.items() if name not in sources}
    column, expression, value = (
        str(given[name]) if name in named else None for name in ("column", "expression", "value")
    )
    return ColumnMapping(
        column, expression, value, settings=_settings(settings, _FOR_ONE_COLUMN, place)
    )


def _lookups(given: object, general: dict, place: str) -> list[Lookup]:
    """Read one lookup, or a list of them."""
    parts = given if isinstance(given, list) else [given] if given else []
    lookups = []
    for part in parts:
        _check_keys(part, {"file", "key", "columns", "settings"}, place)
        told = _as_dict(part, place)
        by_key = told.get("key")
        keys = by_key if isinstance(by_key, dict) else {str(by_key or ""): by_key}
        names = [told.get("file"), *keys, *keys.values()]
        if len(keys) != 1 or not all(isinstance(each, str) and each for each in names):
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: give a file and a key, such as "
                "{file: products.csv, key: product_id}, or key: {article: id} where the column "
                "has another name in the second file."
            )
        ((own, other),) = keys.items()
        columns = told.get("columns") or {}
        if not isinstance(columns, dict):
            columns = {each: each for each in _texts(columns, f"{place}: columns")}
        settings = _settings(told.get("settings"), {"encoding", *LAYOUT}, f"{place}: settings")
        lookups.append(Lookup(told["file"], str(own), str(other), columns, general | settings))
    return lookups


def _yes_or_no(given: object, place: str) -> bool:
    text = str(given).lower()
    if text not in ("yes", "true", "no", "false"):
        raise IntakeError(f"{MAPPING_FILE}, {place} is {given!r}; it can be true or false.")
    return text in ("yes", "true")


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
    for name, value in settings.items():
        if name not in _LISTS and not isinstance(value, str):
            raise IntakeError(f"{MAPPING_FILE}, {place}: {name} is {value!r}; give one text.")
    if "delimiter" in settings:
        settings |= {"delimiter": _DELIMITERS.get(settings["delimiter"], settings["delimiter"])}
    for name, choices in (_CHOICES | {"read_as": _READ_AS}).items():
        if name in settings and settings[name] not in choices:
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: {name} is {settings[name]!r}; it can be one of "
                f"{', '.join(choices)}."
            )
    if "encoding" in settings and not _is_codec(settings["encoding"]):
        raise IntakeError(
            f"{MAPPING_FILE}, {place}: encoding is {settings['encoding']!r}, which is none; name "
            "one like utf-8, utf-16, latin-1, gb18030, cp1251 or shift_jis."
        )
    for name, query in _CHECKS.items():
        if name in settings and not _is_fine(query, settings[name]):
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: {name} is {settings[name]!r}, which is {_WRONG[name]}."
            )
    if "widths" in settings:
        widths = _texts(settings["widths"], f"{place}: widths")
        if not widths or not all(re.fullmatch("[1-9][0-9]{0,3}", each) for each in widths):
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: widths are {settings['widths']!r}; give how many signs "
                "wide each column is, such as [10, 8, 25]."
            )
        settings = settings | {"widths": widths}
    if "side_by_side" in settings:
        patterns = _texts(settings["side_by_side"], f"{place}: side_by_side")
        if not patterns or not all(each.count("{n}") == 1 for each in patterns):
            raise IntakeError(
                f"{MAPPING_FILE}, {place}: side_by_side is {settings['side_by_side']!r}; give the "
                'names of the columns with {n} for the number, such as ["Item {n} Name"].'
            )
        settings = settings | {"side_by_side": patterns}
    if "missing_values" in settings:
        texts = _texts(settings["missing_values"], f"{place}: missing_values")
        settings = settings | {"missing_values": [text.strip().lower() for text in texts]}
    return settings


def _is_codec(name: object) -> bool:
    try:
        return codecs.lookup(str(name))._is_text_encoding
    except LookupError:
        return False


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
            if name == "needs":
                hint = " It belongs under entities: customers."
            raise IntakeError(
                f"{MAPPING_FILE}{', ' + place if place else ''}: {name!r} is not known there; "
                f"known are {', '.join(sorted(allowed))}.{hint}"
            )
