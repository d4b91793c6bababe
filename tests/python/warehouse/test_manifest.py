"""What stands before publication: every test that stops it, and none of them a mere warning."""

import json

import pytest

# What is promised to whoever reads the published set; none of it may be a warning.
PROMISES = ("valid_rows", "unique", "relationships")
# Told apart by what they look at; each is a warning with a reason of its own.
WARNINGS = {
    "assert_features_have_not_drifted",
    "assert_last_activity_is_no_straggler",
    "assert_personas_have_not_drifted",
    "assert_kept_names_are_still_true",
    "assert_overrides_name_a_persona",
    "assert_models_earn_their_place",
    "assert_no_feature_is_too_good",
    "assert_crm_audience_can_be_filled",
    "assert_personas_are_no_stand_in",
    "assert_predictions_came_true",
    "assert_predictions_lie_in_what_was_seen",
    "assert_old_records_are_mistakes",
    "assert_some_record_is_dated",
    "assert_few_sales_are_in_other_groups",
}


@pytest.fixture(scope="module")
def manifest(demo) -> dict:
    return json.loads((demo.folder / "target" / "manifest.json").read_text())


def data_tests_in(manifest: dict) -> list[dict]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]


def upstream_of(manifest: dict, node: str) -> set[str]:
    found, ahead = set(), [node]
    while ahead:
        for parent in manifest["parent_map"].get(ahead.pop(), []):
            if parent not in found:
                found.add(parent)
                ahead.append(parent)
    return found


def late_tests(manifest: dict) -> list[str]:
    """Tests that could fail after publication, or beside it."""
    publish = "model.customer_personas.publish"
    before = upstream_of(manifest, publish)
    return [
        test["name"]
        for test in data_tests_in(manifest)
        if test["config"]["severity"].lower() == "error"
        and not set(test["depends_on"]["nodes"]) <= before
        # what publish itself returns is looked at once it is there
        and test["depends_on"]["nodes"] != [publish]
    ]


def mild_promises(manifest: dict) -> list[str]:
    """Tests of promises that only warn."""
    return [
        test["name"]
        for test in data_tests_in(manifest)
        if test["config"]["severity"].lower() != "error"
        and (
            (test.get("test_metadata") or {}).get("name") in PROMISES
            or test["name"] not in WARNINGS
        )
    ]


def test_every_test_that_can_stop_publication_comes_before_it(manifest):
    assert len(data_tests_in(manifest)) > 200
    assert late_tests(manifest) == []


def test_no_promise_is_a_mere_warning(manifest):
    assert mild_promises(manifest) == []
    warnings = {
        test["name"]
        for test in data_tests_in(manifest)
        if test["config"]["severity"].lower() != "error"
    }
    assert warnings == WARNINGS


def test_a_counterexample_is_found(manifest):
    changed = json.loads(json.dumps(manifest))
    key = next(test for test in data_tests_in(changed) if test["name"] == "valid_customers")
    key["config"]["severity"] = "warn"
    assert mild_promises(changed) == ["valid_customers"]
    late = next(
        test for test in data_tests_in(changed) if test["name"] == "assert_reconciliation_adds_up"
    )
    late["depends_on"]["nodes"].append("model.customer_personas.behind")
    assert late_tests(changed) == ["assert_reconciliation_adds_up"]


def test_the_text_of_every_published_table_is_scanned_for_identifiers(manifest, demo):
    (scan,) = (
        test
        for test in data_tests_in(manifest)
        if test["name"] == "assert_no_direct_identifier_left_staging"
    )
    scanned = {node.split(".")[-1] for node in scan["depends_on"]["nodes"]}
    texts = demo.query_published(
        "select distinct table_name from information_schema.columns "
        "where data_type = 'VARCHAR' and table_name != 'publications'"
    )
    assert {table for (table,) in texts} <= scanned


# Columns that follow from the records, by model: each is described in feature_catalog.
FOLLOWING = {
    "attribute_number_features": "attribute_",
    "attribute_category_features": "attribute_",
    "category_habit_features": "habit_",
    "category_share_features": "category_share_",
    "category_view_features": "view_share_",
    "interest_share_features": "interest_share_",
}


def undescribed_columns(manifest: dict, columns: list[tuple], features: set[str]) -> list[str]:
    """Columns that exist, as (schema, table, column), and are described nowhere."""
    nodes = {
        (node["schema"], node["alias"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    found = []
    for schema, table, column in columns:
        node = nodes.get((schema, table))
        if node is None or column.lower() in {name.lower() for name in node["columns"]}:
            continue
        follows = column.startswith(FOLLOWING.get(node["name"], "\0"))
        is_feature = node["name"] == "customer_features" or follows
        if not (is_feature and column in features):
            found.append(f"{node['name']}.{column}")
    return found


def test_every_column_is_described(manifest, demo):
    """Python models and staging, too; what follows from the records in feature_catalog."""
    query = "select schema_name, table_name, column_name from duckdb_columns() where not internal"
    columns = demo.query(query) + demo.query_state(query)
    features = {name for (name,) in demo.query("select feature_name from features.feature_catalog")}
    assert len(columns) > 1000
    assert undescribed_columns(manifest, columns, features) == []
    added = [("staging", "stg_demo__customers", "shoe_size")]
    assert undescribed_columns(manifest, added, features) == ["stg_demo__customers.shoe_size"]
