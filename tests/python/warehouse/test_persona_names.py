"""The names of the personas of made-up companies, for a person to read.

Customers are drawn around the groups of each company, grouped by K-means, and named by the
project's own SQL, as dbt compiles it. After a change of words, write the list anew and read it:
WRITE_GOLDEN=1 python -m pytest tests/python/warehouse/test_persona_names.py
"""

import json
import os
import re
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import ROOT, Company
from made_up_companies import COMPANIES

from customer_personas.segmentation.clusterings import fit_clustering
from customer_personas.segmentation.space import fit_space
from customer_personas.segmentation.traits import measure_traits

GOLDEN = Path(__file__).parent / "persona_names.txt"
MODELS = ["attribute_catalog", "feature_words", "persona_words", "persona_names"]
CUSTOMERS = 400


@pytest.fixture(scope="session")
def compiled(tmp_path_factory) -> dict[str, str]:
    """The SQL of the models that name personas."""
    company = Company(
        tmp_path_factory.mktemp("names"), {"source_systems": {"files": ["customers"]}}
    )
    result = company.dbt("compile", "--select", *MODELS)
    assert result.returncode == 0, result.stdout[-3000:]
    found = {path.stem: path for path in (company.folder / "target" / "compiled").rglob("*.sql")}
    return {name: found[name].read_text() for name in MODELS}


def read_seed(name: str) -> pd.DataFrame:
    return pd.read_csv(
        ROOT / "seeds" / "reference" / f"{name}.csv", dtype=str, keep_default_na=False
    )


def draw(company: str) -> pd.DataFrame:
    """Customers around the groups of a company, one column per column of its records."""
    groups = COMPANIES[company]
    rng = np.random.default_rng(len(company))
    group = rng.choice(4, CUSTOMERS, p=[0.3, 0.3, 0.25, 0.15])
    columns = {}
    for name, means in groups.items():
        own = [means[each] for each in group]
        others = [means[each] for each in rng.permutation(group)]
        kind = means[0]
        if isinstance(kind, tuple):
            columns[name] = np.where(rng.random(CUSTOMERS) < [each[0] for each in own], "Yes", "No")
        elif isinstance(kind, str) or name.endswith(("number", "code")) or name == "pdays":
            columns[name] = np.where(rng.random(CUSTOMERS) < 0.9, own, others)
        else:
            spread = 0.25 * np.abs(own) + 0.02 * max(map(abs, means))
            values = np.maximum(0, own + spread * rng.normal(size=CUSTOMERS))
            if max(means) <= 1:
                values = np.minimum(1, values)
            is_whole = all(isinstance(each, int) for each in means)
            columns[name] = values.round(0 if is_whole else 2)
            if is_whole:
                columns[name] = columns[name].astype(int)
    return pd.DataFrame(columns)


def name_personas(compiled: dict[str, str], company: str) -> pd.DataFrame:
    """Group the customers of a company and name the groups: persona_name, persona_description."""
    customers = draw(company)
    definitions = read_seed("feature_definitions").set_index("feature_name")
    own = [name for name in customers if name not in definitions.index]
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as customer_personas")
        connection.execute("use customer_personas")
        for schema in ("features", "intermediate", "ml", "reference", "staging"):
            connection.execute(f"create schema {schema}")

        def keep(name: str, rows: object) -> None:
            connection.register("rows", rows)
            connection.execute(f"create table {name} as from rows")
            connection.unregister("rows")

        for seed in ("persona_vocabulary", "yes_no_spellings", "persona_overrides", "rfm_segments"):
            keep(f"reference.{seed}", read_seed(seed))
        ids = [f"{number:06}" for number in range(CUSTOMERS)]
        keys = {name: re.sub(r"\W+", "_", name.lower()).strip("_") for name in own}
        received = [
            (customer, keys[name], str(value))
            for name in own
            for customer, value in zip(ids, customers[name], strict=True)
        ]
        schema = ["customer_id", "attribute", "attribute_value"]
        keep(
            "staging.customer_attributes",
            pa.table(
                {
                    name: pa.array([row[n] for row in received], pa.string())
                    for n, name in enumerate(schema)
                }
            ),
        )
        texts = ["entity", "column_name", "source_column", "read_as", "declared_as", "label"]
        formats = [("customers", name, name, "attribute: text", None, None) for name in own]
        keep(
            "intermediate.int_source_formats",
            pa.table(
                {
                    name: pa.array([row[n] for row in formats], pa.string())
                    for n, name in enumerate(texts)
                }
            ),
        )
        connection.execute(
            f"create table features.attribute_catalog as {compiled['attribute_catalog']}"
        )
        attributes = connection.sql("from features.attribute_catalog where is_feature").df()
        features, catalog = {"customer_id": ids, "observation_date": ["2024-01-01"] * CUSTOMERS}, []
        for name in customers:
            if name in definitions.index:
                row = definitions.loc[name]
                kind, family, transform = row["value_type"], row["family"], row["transform"]
                enters = row["in_segmentation"] == "true"
                features[name] = customers[name].tolist()
            else:
                ((found),) = attributes[attributes["attribute"] == keys[name]].to_dict(
                    "records"
                ) or [None]
                if found is None:
                    continue
                kind, family, transform, enters = found["value_type"], "attributes", "none", True
                values = customers[name].tolist()
                if kind == "boolean":
                    values = [value == "Yes" for value in values]
                elif kind == "category":
                    values = [str(value) for value in values]
                else:
                    gone = (found["low_sentinel"], found["high_sentinel"])
                    values = [None if value in gone else float(value) for value in values]
                name = found["feature_name"]
                features[name] = values
            catalog.append((name, family, kind, "", transform, enters))
        names = ["feature_name", "family", "value_type", "unit", "transform", "in_segmentation"]
        described = pd.DataFrame(catalog, columns=names).assign(no_trait_because=None)
        keep("features.feature_catalog", described)
        keep(
            "features.top_categories",
            pa.table(
                {
                    name: pa.array([], pa.string())
                    for name in ("product_category", "category_column")
                }
            ),
        )
        known = connection.from_arrow(pa.table(features))
        catalogued = connection.sql("from features.feature_catalog")
        _, points, customer_ids = fit_space(
            "all", known, catalogued.filter("in_segmentation"), "true"
        )
        labels = fit_clustering("kmeans", points, 4, seed=1).labels(points)
        members = pa.table(
            {"customer_id": customer_ids, "persona_id": [f"P{each + 1:03}" for each in labels]}
        )
        keep("ml.customer_persona_scores", members)
        keep(
            "ml.persona_trait_scores",
            measure_traits(known, connection.sql("from ml.customer_persona_scores"), catalogued),
        )
        connection.execute(
            "create table ml.current_build as select date '2024-01-01' as as_of_date; "
            "create table ml.segmentation_champion as select "
            "[{'persona_id': 'P001', 'persona_name': cast(null as varchar)}] as personas; "
            "create table staging.stg_state__persona_names (persona_id varchar, "
            "persona_name varchar, persona_description varchar, named_on date)"
        )
        for name in ("feature_words", "persona_words", "persona_names"):
            connection.execute(f"create table ml.{name} as {compiled[name]}")
        return connection.sql("from ml.persona_names order by persona_id").df()


@pytest.mark.slow
def test_names_of_made_up_companies_are_those_that_somebody_read(compiled):
    lines = []
    for company in COMPANIES:
        names = name_personas(compiled, company)
        lines += [company, *(f"  {name}" for name in names["persona_name"]), ""]
    found = "\n".join(lines)
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")
    assert len(COMPANIES) >= 40


def test_nothing_unspeakable_is_in_a_name():
    names = [
        line.strip()
        for line in GOLDEN.read_text(encoding="utf-8").splitlines()
        if line.startswith("  ")
    ]
    assert len(names) == 4 * len(COMPANIES)
    # a level without its column, a column as a file has it, two that no words tell apart
    for name in names:
        assert not re.search(r"_|[a-z][A-Z]|^(No|Yes)\b|\(P\d", name), name
        assert len(name) <= 110, name


def test_seed_has_words_for_both_sides_of_what_personas_are_formed_on():
    definitions, words = read_seed("feature_definitions"), read_seed("persona_vocabulary")
    known = set(zip(words["feature_name"], words["direction"], strict=True))
    formed_on = definitions[
        (definitions["in_segmentation"] == "true") & (definitions["value_type"] == "numeric")
    ]
    wanted = {(name, side) for name in formed_on["feature_name"] for side in ("high", "low")}
    assert wanted <= known, json.dumps(sorted(wanted - known))


def test_every_feature_has_a_label_that_a_figure_can_follow():
    labels = read_seed("feature_definitions")["label"]
    assert labels.is_unique
    for label in labels:
        assert re.fullmatch(r"[a-z][A-Za-z0-9 -]{2,49}", label), label
