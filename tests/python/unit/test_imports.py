"""Packages import one way, as models read one way: what comes later knows what came before."""

import ast

import pytest
from conftest import ROOT

PACKAGE = ROOT / "src" / "customer_personas"
# Each may import those before it, and itself; those of one line know nothing of each other.
ORDER = [
    ["code_fingerprint", "sql", "single_thread"],
    ["language"],
    ["intake"],
    ["features"],
    ["products"],
    ["segmentation"],
    ["prediction"],
    ["warehouse"],
    ["spark"],
    ["privacy", "report"],
    ["activation"],
    ["simulate"],
    ["cli"],
    ["__main__"],
]
PLACES = {name: place for place, names in enumerate(ORDER) for name in names}
MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path):
    """The part of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def parts_imported(path):
    """The parts of the package that a file imports, anywhere in it."""
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            names += [f"{module}.{alias.name}" for alias in node.names]
    return {
        name.split(".")[1]
        for name in names
        if name.startswith("customer_personas.") and name.split(".")[1] in PLACES
    }


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES])
def test_imports_run_one_way(path):
    own = part_of(path)
    if own == "__init__":
        return
    assert own in PLACES, f"Add {own} to the order of packages."
    later = {each for each in parts_imported(path) if each != own and PLACES[each] >= PLACES[own]}
    assert not later, f"{own} imports {', '.join(sorted(later))}, which comes after it"
