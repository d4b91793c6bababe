"""What the engine scored against what scikit-learn predicts, for every customer."""

import json

import duckdb
import pytest
import yaml
from conftest import ROOT, needs_real_data

from customer_personas.features.steps import take_steps, unpublished_numbers
from customer_personas.prediction.calibrated_model import CalibratedModel
from customer_personas.prediction.pipeline import fit_target
from customer_personas.segmentation.clusterings import Clustering
from customer_personas.segmentation.space import Space

VARIABLES = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]


@pytest.fixture(
    params=["demo", pytest.param("online_retail", marks=needs_real_data)],
)
def company(request):
    return request.getfixturevalue(request.param)


def test_every_customer_has_the_persona_that_scikit_learn_gives(company):
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        ((parameters, personas),) = connection.execute(
            "select parameters, personas from ml.segmentation_champion"
        ).fetchall()
        content = json.loads(parameters)
        features = take_steps(
            connection.table("features.customer_features").filter("is_as_of"),
            unpublished_numbers(connection.table("features.feature_catalog")),
        )
        points, customers = Space.from_dict(content["space"]).place(features)
        estimator = Clustering.from_dict(content["clustering"]).estimator()
        scored = dict(
            connection.execute(
                "select customer_id, persona_id from ml.customer_persona_scores"
            ).fetchall()
        )
    expected = [personas[cluster]["persona_id"] for cluster in estimator.predict(points)]
    assert scored == dict(zip(customers, expected, strict=True))
    assert len(scored) > 1000


# test_pipeline has all algorithms on a small company
@pytest.mark.parametrize(
    "target",
    [
        target if kind == "declared" else pytest.param(target, marks=pytest.mark.slow)
        for target, kind in VARIABLES["targets"].items()
    ],
)
def test_every_probability_is_the_one_that_scikit_learn_gives(company, target):
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        features = connection.table("features.customer_features")
        fitted = fit_target(
            features,
            connection.table("features.target_labels"),
            connection.table("features.feature_catalog"),
            connection.table("features.season_outlook"),
            target=target,
            kind=VARIABLES["targets"][target],
            horizon_days=VARIABLES["horizon_days"],
            algorithms=VARIABLES["algorithms"],
            sample_size=VARIABLES["fit_sample_rows"],
            budget_seconds=VARIABLES["fit_budget_seconds"],
            seed=VARIABLES["random_seed"],
        )
        fits = connection.table("ml.target_fits").filter(f"target = '{target}'")
        stored = fits.order("model_id").to_arrow_table()
        # what is published of nobody is known to scores in steps
        unpublished = unpublished_numbers(connection.table("features.feature_catalog"))
        now = take_steps(features.filter("is_as_of"), unpublished)
        for row in fitted.table.to_pylist():
            if not (row["scoring_sql"] or row["estimator"]):
                continue  # nothing could be learnt, or it is not published
            expected = fitted.models[row["model_id"]].predict(now)
            scored = (
                now.query("features", row["scoring_sql"]).df()
                if row["scoring_sql"]
                else CalibratedModel.restore(row).predict(now)
            )
            both = expected.merge(scored, on=["customer_id", "class"], suffixes=("", "_scored"))
            assert len(both) == len(expected) == len(scored)
            difference = (both["probability"] - both["probability_scored"]).abs().max()
            assert difference <= 1e-6
            if row["is_published"]:
                ((unlike,),) = connection.execute(
                    "select count(*) from scored full join ("
                    "  select * from ml.customer_target_scores where target = ?"
                    ") as stored using (customer_id, class) "
                    # test_held_out has those whose labels were learnt from
                    "where not coalesce(stored.is_in_training, false) "
                    "and (abs(scored.probability - stored.probability) > 1e-9 "
                    "or scored.probability is null or stored.probability is null)",
                    [target],
                ).fetchall()
                assert unlike == 0
    # the same records give the same fit, to the last digit of the SQL and byte of the estimator
    columns = [
        "model_id",
        "hyper_parameters",
        "inputs",
        "prior_shift",
        "scoring_sql",
        "estimator",
        "is_published",
        "reason",
    ]
    again, before = (each.sort_by("model_id").select(columns) for each in (fitted.table, stored))
    assert again.to_pylist() == before.to_pylist()
