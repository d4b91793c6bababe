"""Presets: what a mapping file says about the export of a well-known tool, ready made.

Each is a file of ``presets/``, written as a mapping file is, with two more keys: ``about`` and, of
each entity, ``recognised_by``: columns that such an export has and hardly any other file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import yaml

from customer_personas.intake.columns import key
from customer_personas.intake.folder import entity_of

_FOLDER = Path(__file__).parent / "presets"
# These are united name by name; of any other key the mapping's own value stands.
_BY_NAME = ("columns", "attributes", "settings")


@dataclass(frozen=True)
class Preset:
    """A ready-made part of a mapping file.

    Attributes
    ----------
    name : str
        By which a mapping file calls it.
    about : str
        Of which tool and version of its export it is.
    entities : dict of str to dict
        By entity, what a mapping file would say.
    recognised_by : dict of str to list of str
        By entity, columns that tell the export from other files.
    """

    name: str
    about: str
    entities: dict[str, dict]
    recognised_by: dict[str, list[str]]

    def is_named_so(self, entity: str, file: str) -> bool:
        """Tell whether a file has a name by which the preset finds it.

        Parameters
        ----------
        entity, file : str
            The entity, and the name of the file within the landing folder.

        Returns
        -------
        bool
            True for the names that the tool gives, and those of the entity.
        """
        patterns = self.entities[entity]["files"]
        return entity_of(file) == entity or any(fnmatch(file, each) for each in patterns)


@cache
def load_presets() -> dict[str, Preset]:
    """Read all presets.

    Returns
    -------
    dict of str to Preset
        By name, sorted.
    """
    return {path.stem: _load_preset(path) for path in sorted(_FOLDER.glob("*.yml"))}


def _load_preset(path: Path) -> Preset:
    content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    entities = content["entities"]
    recognised_by = {name: part.pop("recognised_by") for name, part in entities.items()}
    return Preset(path.stem, content["about"], entities, recognised_by)


def add_preset(preset: dict, own: dict) -> dict:
    """Unite what a preset says about an entity with what the mapping itself says.

    Parameters
    ----------
    preset, own : dict
        Parts of an entity, as a mapping file has them.

    Returns
    -------
    dict
        The mapping's own keys stand, and what it does with a column of the file: the preset reads
        it for nothing else.
    """
    united = preset | own
    for name in _BY_NAME:
        if name in preset and isinstance(own.get(name, {}), dict):
            united[name] = preset[name] | own.get(name, {})
    taken = {key(column) for column in _columns_named(own)}
    given = own.get("columns", {})
    if "columns" in preset and isinstance(given, dict):
        united["columns"] = {
            name: column
            for name, column in united["columns"].items()
            if name in given or not (isinstance(column, str) and key(column) in taken)
        }
    if isinstance(own.get("ignore", []), list):
        left = [name for name in preset.get("ignore", []) if key(name) not in taken]
        united["ignore"] = [*own.get("ignore", []), *left]
    return united


def _columns_named(part: dict) -> list[str]:
    """List the columns of files that a part of a mapping names, as far as it is well-formed."""
    named: list[object] = []
    columns = part.get("columns")
    for column in columns.values() if isinstance(columns, dict) else ():
        named.append(column.get("column") if isinstance(column, dict) else column)
    for name in ("attributes", "ignore"):
        named += part.get(name) or ()
    needs = part.get("needs")
    named += [each.get("column") for each in needs or () if isinstance(each, dict)]
    return [each for each in named if isinstance(each, str)]


def recognise_export(columns: Iterable[str]) -> list[tuple[Preset, str]]:
    """Find the presets that a file may be read by.

    Parameters
    ----------
    columns : iterable of str
        The columns of a file, in any spelling.

    Returns
    -------
    list of tuple of Preset and str
        Those whose telling columns the file all has, with the entity; the one with most first.
    """
    there = {key(name) for name in columns}
    found = [
        (preset, entity)
        for preset in load_presets().values()
        for entity, telling in preset.recognised_by.items()
        if there.issuperset(map(key, telling))
    ]
    return sorted(found, key=lambda each: -len(each[0].recognised_by[each[1]]))


def parts_by_preset(names: Iterable[str]) -> Mapping[str, list[str]]:
    """Tell which presets say anything about which entity.

    Parameters
    ----------
    names : iterable of str
        Names of presets.

    Returns
    -------
    mapping of str to list of str
        By entity, the presets.
    """
    parts: dict[str, list[str]] = {}
    for name in names:
        for entity in load_presets()[name].entities:
            parts.setdefault(entity, []).append(name)
    return parts
