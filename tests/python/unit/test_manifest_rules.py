"""The tree runs one way, and every part of it is named, described and keyed.

The rules are those of dbt-project-evaluator, restated here: the package needs dbt's hub, and on a
DAG of this size its paths took gigabytes. Taken up are

- modelling: no source is read outside staging, no staging model reads another or anything later,
  no source is declared twice or read by nobody, no model has no parents, none names a relation
  instead of a model, few have many joins, views are not stacked; and beyond the package: layers in
  one order, a bound on the depth;
- testing: every model has a test of its key, and what is awkward a unit test;
- documentation: every model, source and column is described (the columns that exist are compared
  with the described ones in ``tests/python/warehouse/test_manifest.py``);
- structure: names and folders by layer, YAML files beside their models;
- governance: what is public has a contract and is searched for identifiers, no exposure rests on
  what is private.

Not taken up: the freshness of sources (files and seeds have no time of loading) and the rejoining
of what is upstream (a feature as of a date is joined to its customer again, by design).

An exception is a row of data with its reason; one that is not needed any more fails, too.
"""

import functools
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from customer_personas.intake.entities import ENTITIES

ROOT = Path(__file__).parents[3]
PROJECT = "customer_personas"

# From the lowest to the highest: a model reads its own layer and lower ones.
LAYERS = (
    ("seeds", "landing"),
    ("staging",),
    ("intermediate",),
    ("features",),
    ("segmentation",),
    ("prediction",),
    ("recommendations",),
    # audiences are read by a mart, and read marts
    ("marts", "audiences", "activation"),
    ("monitoring",),
    ("publishing",),
)
RANK = {folder: rank for rank, folders in enumerate(LAYERS) for folder in folders}

DEEPEST_MODEL = 25
MOST_JOINS = 8
MOST_STACKED_VIEWS = 2
WINDOWS_OF_AWKWARD_SQL = 2

NAMES = {
    "landing": r"raw_[a-z_]+__[a-z_]+",
    "staging": r"stg_[a-z_]+__[a-z_]+",
    "intermediate": r"int_[a-z_]+",
    "features": r"(?!raw_|stg_|int_)[a-z_]+(_features|_amounts|_scores|_catalog|_outlook|_labels|"
    r"_purchases|_categories|_shares|_forecasts)|target_[a-z_]+",
    "marts": r"(?!raw_|stg_|int_)[a-z_]*s",
}

CONCEPT = "a thing of its own that all later layers speak of, no step on the way"
FIELD_WORD = "the field's own word"
RECEIVED = "records as received, faults and all; keys hold from staging on"

EXCEPTIONS: dict[str, dict[str, str]] = {
    "source outside staging": {},
    "several sources in one staging model": {
        "stg_complete_journey__contacts": "who got a campaign, what it was and what came of it are "
        "three files",
        "stg_complete_journey__order_lines": "its lines and the names of their products are two "
        "files",
        "stg_shopify_dlt__order_lines": "orders and their items are two tables",
    },
    "no parents": {
        "raw_files__customers": "reads files",
        "raw_files__order_lines": "reads files",
        "raw_files__web_events": "reads files",
        "raw_files__feedback": "reads files",
        "raw_files__declared_needs": "reads files",
        "raw_files__consents": "reads files",
        "raw_files__contacts": "reads files",
    },
    "no key": {
        **{f"raw_files__{entity}": RECEIVED for entity in ENTITIES},
        **{f"demo_{entity}": RECEIVED for entity in ENTITIES},
        "contact_features": "no table of its own: its key is that of customer_features",
        "response_labels": "no table of its own: its key is that of target_labels",
        "recent_trends": "no table of its own: its key is that of share_forecasts",
        "popular_recommendations": "numbered over its key; the part that goes on is tested in "
        "recommendation_lists",
    },
    "name": {
        "attribute_circumstances": CONCEPT,
        "category_spellings": CONCEPT,
        "cohort_retention": FIELD_WORD,
        "customer_attributes": CONCEPT,
        "customer_identities": CONCEPT,
        "erasures_met": CONCEPT,
        "label_dates": CONCEPT,
        "label_observations": CONCEPT,
        "observation_dates": CONCEPT,
        "observations": CONCEPT,
        "product_categories": CONCEPT,
        "product_group_members": CONCEPT,
        "recent_trends": CONCEPT,
        "crm_audience": FIELD_WORD,
        "feature_selection": FIELD_WORD,
        "model_calibration": FIELD_WORD,
        "model_confusion": FIELD_WORD,
        "persona_lifecycle": FIELD_WORD,
    },
    "many joins": {
        "attribute_circumstances": "each kind of evidence joins columns with periods",
        "campaign_results": "contacts, orders and visits of both groups",
        "feature_catalog": "one row per feature of every kind",
        "customer_features": "one join for each part of the features",
        "customers": "one row with everything known about a customer",
        "need_drivers": "one join for each kind of records that is counted",
        "recommendation_evaluations": "every method against the best baseline of the same date",
        "recommendation_reasons": "one join for each kind of reason",
    },
    "awkward and without a unit test": {
        "attribute_circumstances": "tried on made-up files in test_attribute_circumstances.py",
        "campaign_results": "tried on simulated campaigns in test_campaign_results.py",
        "cohort_retention": "counted by pandas in test_monthly_metrics.py",
        "customer_attributes": "read in tests/python/warehouse/test_small_companies.py",
        "customer_months": "its months and rates are counted by pandas in test_monthly_metrics.py",
        "metric_history": "tried on made-up dates in test_total_reconstruction.py",
        "monthly_metrics": "its rates are counted by pandas in test_monthly_metrics.py",
        "model_gains": "what is hidden is held by assert_small_cells_are_withheld",
        "source_formats": "what is withheld is held by tests/python/warehouse/test_disclosure.py",
        "persona_traits": "what is hidden is held by assert_small_cells_are_withheld",
        "stg_complete_journey__order_lines": "read in test_complete_journey.py",
    },
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory) -> dict:
    """The project as dbt parses it with every source system switched on."""
    folder = tmp_path_factory.mktemp("manifest")
    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            *("parse", "--no-partial-parse", "--target-path", str(folder)),
            *("--log-path", str(folder), "--profiles-dir", str(ROOT / "profiles" / "lint")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    return json.loads((folder / "manifest.json").read_text())


def folder_of(node: dict) -> str:
    """The layer's folder of a model or seed."""
    top, layer, *_ = node["original_file_path"].split("/")
    return top if top == "seeds" else layer


def models_of(manifest: dict) -> list[dict]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def relations_of(manifest: dict) -> list[dict]:
    # one file is all of an audience: its meta says what it is, audience_members has its rows
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed") and folder_of(node) != "audiences"
    ]


def parents_of(manifest: dict, node: dict) -> list[dict]:
    return [
        manifest["nodes"].get(parent) or manifest["sources"][parent]
        for parent in node["depends_on"].get("nodes", [])
    ]


def code_of(node: dict) -> str:
    """A model's text without comments."""
    code = re.sub(r"\{#.*?#\}", "", node["raw_code"], flags=re.DOTALL)
    return re.sub(r"--[^\n]*", "", code)


def is_state(source: dict) -> bool:
    return source["resource_type"] == "source" and source["database"] == "state"


def against(rule: str, found: list[str]) -> list[str]:
    """What breaks a rule, and the exceptions from it that nothing needs."""
    excepted = EXCEPTIONS.get(rule, {})
    broken = [each for each in found if each.split(":")[0] not in excepted]
    needed = {each.split(":")[0] for each in found}
    return sorted(broken) + [f"needs no exception: {name}" for name in excepted.keys() - needed]


def reads_higher(manifest: dict) -> list[str]:
    return [
        f"{node['name']}: reads {parent['name']}, which is of a higher layer"
        for node in models_of(manifest)
        for parent in parents_of(manifest, node)
        if parent["resource_type"] != "source" and RANK[folder_of(parent)] > RANK[folder_of(node)]
    ]


def depths(manifest: dict) -> dict[str, int]:
    """How many models lie in the longest chain that ends in each, itself counted."""

    @functools.cache
    def depth(name: str) -> int:
        node = manifest["nodes"].get(name)
        if node is None or node["resource_type"] != "model":
            return 0
        return 1 + max(map(depth, node["depends_on"].get("nodes", [])), default=0)

    return {node["name"]: depth(node["unique_id"]) for node in models_of(manifest)}


def sources_outside_staging(manifest: dict) -> list[str]:
    return [
        node["name"]
        for node in models_of(manifest)
        if folder_of(node) not in ("landing", "staging")
        and any(parent["resource_type"] == "source" for parent in parents_of(manifest, node))
    ]


def staged_later(manifest: dict) -> list[str]:
    """Staging models that read another one, or something later."""
    return [
        f"{node['name']}: reads {parent['name']}"
        for node in models_of(manifest)
        if folder_of(node) == "staging"
        for parent in parents_of(manifest, node)
        if parent["resource_type"] == "model" and folder_of(parent) != "landing"
    ]


def staged_from_several(manifest: dict) -> list[str]:
    return [
        node["name"]
        for node in models_of(manifest)
        if folder_of(node) == "staging"
        and sum(not is_state(parent) for parent in parents_of(manifest, node)) > 1
    ]


def without_parents(manifest: dict) -> list[str]:
    return [
        node["name"]
        for node in models_of(manifest)
        if not any(not is_state(parent) for parent in parents_of(manifest, node))
        and not node["name"].startswith("stg_state__")
    ]


def idle_sources(manifest: dict) -> list[str]:
    return [
        source["name"]
        for name, source in manifest["sources"].items()
        if not manifest["child_map"].get(name)
        # written by publication, read by the next build's hooks
        and not is_state(source)
    ]


def doubled_sources(manifest: dict) -> list[str]:
    places = Counter(
        (source["relation_name"], source["meta"].get("external_location"), source["identifier"])
        for source in manifest["sources"].values()
    )
    return [str(place) for place, count in places.items() if count > 1]


def hard_coded(manifest: dict) -> list[str]:
    return [
        node["name"]
        for node in models_of(manifest)
        if node["language"] == "sql"
        and re.search(r'(?<!distinct )\b(from|join)\s+"?\w+"?\.\w+', code_of(node))
    ]


def many_joins(manifest: dict) -> list[str]:
    return [
        node["name"]
        for node in models_of(manifest)
        if node["language"] == "sql" and len(re.findall(r"\bjoin\b", code_of(node))) > MOST_JOINS
    ]


def stacked_views(manifest: dict) -> list[str]:
    @functools.cache
    def height(name: str) -> int:
        node = manifest["nodes"].get(name)
        if node is None or node["config"].get("materialized") != "view":
            return 0
        return 1 + max(map(height, node["depends_on"].get("nodes", [])), default=0)

    return [
        node["name"]
        for node in models_of(manifest)
        if height(node["unique_id"]) > MOST_STACKED_VIEWS
    ]


def keyless(manifest: dict) -> list[str]:
    keyed = {
        test["attached_node"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and (kind := test.get("test_metadata"))
        and (kind["name"] == "unique" or kind["kwargs"].get("key"))
    }
    return [node["name"] for node in relations_of(manifest) if node["unique_id"] not in keyed]


def awkward(manifest: dict) -> list[str]:
    """SQL with several windows, whose order and ties only a small example shows."""
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    return [
        node["name"]
        for node in models_of(manifest)
        if node["language"] == "sql"
        and len(re.findall(r"\bover\s*\(", code_of(node))) >= WINDOWS_OF_AWKWARD_SQL
        and node["name"] not in tested
    ]


def undescribed(manifest: dict) -> list[str]:
    described = [*relations_of(manifest), *manifest["sources"].values()]
    return [node["name"] for node in described if not node["description"].strip()] + [
        f"{node['name']}.{column['name']}"
        for node in described
        for column in node["columns"].values()
        if not column["description"].strip()
    ]


def misnamed(manifest: dict) -> list[str]:
    return [
        node["name"]
        for node in models_of(manifest)
        if not re.fullmatch(NAMES.get(folder_of(node), ".*"), node["name"])
    ]


def misplaced(manifest: dict) -> list[str]:
    """Models described in a file of another folder."""
    return [
        node["name"]
        for node in relations_of(manifest)
        if Path(node["patch_path"].removeprefix(f"{PROJECT}://")).parent
        != Path(node["original_file_path"]).parent
    ]


def public_without_contract(manifest: dict) -> list[str]:
    return [
        node["name"]
        for node in models_of(manifest)
        if node["access"] == "public"
        and not node["contract"]["enforced"]
        # dbt knows no contracts of Python models
        and node["language"] == "sql"
    ]


def unsearched(manifest: dict) -> list[str]:
    """Public models in which nobody looks for e-mail addresses."""
    name = f"test.{PROJECT}.assert_no_direct_identifier_left_staging"
    searched = set(manifest["nodes"][name]["depends_on"]["nodes"])
    return [
        node["name"]
        for node in models_of(manifest)
        if node["access"] == "public"
        and node["language"] == "sql"
        and node["unique_id"] not in searched
    ]


def exposed_though_private(manifest: dict) -> list[str]:
    return [
        f"{exposure['name']}: rests on {parent['name']}"
        for exposure in manifest["exposures"].values()
        for parent in parents_of(manifest, exposure)
        if parent["access"] == "private"
    ]


RULES = {
    "reads higher": reads_higher,
    "source outside staging": sources_outside_staging,
    "staging reads staging or later": staged_later,
    "several sources in one staging model": staged_from_several,
    "no parents": without_parents,
    "source that nobody reads": idle_sources,
    "source declared twice": doubled_sources,
    "relation named instead of a model": hard_coded,
    "many joins": many_joins,
    "views stacked": stacked_views,
    "no key": keyless,
    "awkward and without a unit test": awkward,
    "no description": undescribed,
    "name": misnamed,
    "described in another folder": misplaced,
    "public without a contract": public_without_contract,
    "published and not searched for identifiers": unsearched,
    "exposed though private": exposed_though_private,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_holds(manifest, rule):
    assert against(rule, RULES[rule](manifest)) == []


def test_exceptions_are_from_rules_that_exist():
    assert set(EXCEPTIONS) <= set(RULES)


def test_no_chain_of_models_is_longer_than_the_bound(manifest):
    found = depths(manifest)
    assert {name: depth for name, depth in found.items() if depth > DEEPEST_MODEL} == {}


def test_quarantine_rests_on_what_was_received_and_how_it_was_judged(manifest):
    """It lies beside monitoring, but holds records whole: nothing learnt may enter it."""
    for node in models_of(manifest):
        if node["original_file_path"].startswith("models/monitoring/quarantine/"):
            read = {
                parent["name"]
                for parent in parents_of(manifest, node)
                if parent["resource_type"] != "source"
                and folder_of(parent) != "staging"
                and not parent["name"].endswith("_judged")
            }
            assert read == {"observation_dates"}


@pytest.mark.parametrize("entity", ENTITIES)
def test_staging_describes_every_canonical_column(manifest, entity):
    """Of each source system, switched on or not: nothing else shows what those are like."""
    canonical = {
        column["name"]
        for name, node in manifest["nodes"].items()
        if name.endswith(f".stg_demo__{entity}")
        for column in node["columns"].values()
    }
    staged = [node for node in models_of(manifest) if node["name"].endswith(f"__{entity}")]
    for node in staged:
        if folder_of(node) == "staging":
            assert set(node["columns"]) == canonical, node["name"]


def test_a_counterexample_breaks_each_rule(manifest):
    """A rule that finds nothing in this project finds something where it is broken."""
    broken = json.loads(json.dumps(manifest))
    nodes = broken["nodes"]
    staged = nodes[f"model.{PROJECT}.stg_demo__feedback"]
    judged = nodes[f"model.{PROJECT}.int_feedback_judged"]
    staged["depends_on"]["nodes"].append(judged["unique_id"])
    judged["depends_on"]["nodes"] += [
        f"model.{PROJECT}.customers",
        next(name for name in broken["sources"] if ".online_retail." in name),
    ]
    judged["raw_code"] += " select 1 from staging.stg_demo__feedback"
    judged["name"] = "feedback_judged"
    judged["description"] = ""
    judged["patch_path"] = f"{PROJECT}://models/marts/_marts__models.yml"
    nodes[f"test.{PROJECT}.assert_no_direct_identifier_left_staging"]["depends_on"]["nodes"] = []
    nodes[f"model.{PROJECT}.customers"]["access"] = "private"
    nodes[f"model.{PROJECT}.personas"]["contract"]["enforced"] = False
    for rule in (
        "reads higher",
        "source outside staging",
        "staging reads staging or later",
        "relation named instead of a model",
        "no description",
        "name",
        "described in another folder",
        "public without a contract",
        "published and not searched for identifiers",
        "exposed though private",
    ):
        assert len(RULES[rule](broken)) > len(RULES[rule](manifest)), rule
