"""What is public by contract is what publish publishes: neither more nor less, and described.

dbt takes literal names only, so that ``publish.py`` has to list them; this holds the list to the
models.
"""

import ast
import json

import pytest
from conftest import ROOT

PUBLISH = "model.customer_personas.publish"
# Published beside the contracted models: what models are learnt from, of the newest date only.
FEATURES = {("features", "customer_features"), ("features", "feature_catalog")}


@pytest.fixture(scope="module")
def manifest(demo) -> dict:
    return json.loads((demo.folder / "target" / "manifest.json").read_text())


def public_models(manifest: dict) -> dict[tuple[str, str], dict]:
    return {
        (node["schema"], node["name"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["config"]["access"] == "public"
        and node["config"]["contract"]["enforced"]
    }


def published_tables() -> dict[tuple[str, str], str | None]:
    """Read the list of publish.py: each (schema, table) with the model it refers to."""
    tree = ast.parse((ROOT / "python_models" / "publishing" / "publish.py").read_text())
    (listed,) = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "published"
    )
    return {
        ast.literal_eval(name): ast.literal_eval(value.args[0])
        if isinstance(value, ast.Call)
        else None
        for name, value in zip(listed.keys, listed.values, strict=True)
    }


def test_every_public_model_with_a_contract_is_published_and_nothing_else(manifest):
    published = published_tables()
    assert set(published) == set(public_models(manifest)) | FEATURES
    for (_, table), model in published.items():
        assert model in (table, None)
    parents = set(manifest["nodes"][PUBLISH]["depends_on"]["nodes"])
    assert {node["unique_id"] for node in public_models(manifest).values()} <= parents


def test_every_column_of_a_published_table_is_described(manifest):
    for (schema, table), node in public_models(manifest).items():
        assert schema in ("marts", "monitoring"), table
        assert node["description"].strip(), table
        blank = [
            name for name, column in node["columns"].items() if not column["description"].strip()
        ]
        assert blank == [], table
