"""Targets are learnt without a look ahead, judged honestly, and their SQL says what Python says."""

import json
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV

from customer_personas.features.sampling import customer_hash
from customer_personas.prediction.choice import ASPECTS, INPUTS
from customer_personas.prediction.estimators import GRIDS
from customer_personas.prediction.fits import fit_target

HORIZON = 90
DATES = [date(2023, 1, 1) + timedelta(days=45 * step) for step in range(8)]
AS_OF = DATES[-1] + timedelta(days=100)
QUICK = ["decision_tree", "logistic_regression"]
# without what customers did about each class there is no choice model
ALL = [algorithm for algorithm in GRIDS if algorithm != "choice_model"]
NO_OUTLOOK = pa.schema(
    [
        ("target", pa.string()),
        ("observation_date", pa.date32()),
        ("label", pa.string()),
        ("expected_share", pa.float64()),
    ]
).empty_table()


@pytest.fixture
def connection():
    return duckdb.connect()


def features(customer_count=400, dates=DATES, seed=0):
    rng = np.random.default_rng(seed)
    count = customer_count * (len(dates) + 1)
    first = rng.integers(50, 500, count).astype(float)
    orders = np.where(rng.random(count) < 0.2, 0, rng.poisson(3, count))
    recency = np.where(orders == 0, np.nan, np.minimum(rng.gamma(2, 30, count).round(), first))
    return pa.table(
        {
            "customer_id": [f"{n:05}" for n in range(customer_count)] * (len(dates) + 1),
            "observation_date": np.repeat(
                np.array([*dates, AS_OF], dtype="datetime64[D]"), customer_count
            ),
            "is_as_of": np.repeat([False] * len(dates) + [True], customer_count),
            "recency_days": pa.array(recency, from_pandas=True),
            "order_days": orders,
            "days_since_first_order": pa.array(
                np.where(orders == 0, np.nan, first), from_pandas=True
            ),
            "category_share_home & garden": rng.random(count),
            "device": rng.choice(["it's", "手机", None], count),
            "newsletter": rng.choice([True, False, None], count),
            "sworn_secret": rng.random(count),
            "constant": [1] * count,
            "nothing": pa.nulls(count, pa.float64()),
        }
    )


KEYS = ("customer_id", "observation_date", "is_as_of")


def catalog(connection, table, shares=None):
    types = {"device": "category", "newsletter": "boolean"}
    names = [name for name in table.column_names if name not in KEYS]
    shares = shares or {}
    rows = pa.table(
        {
            "feature_name": names,
            "family": [
                "categories" if name.startswith("category_share_") and name in shares else "family"
                for name in names
            ],
            "unit": [""] * len(names),
            "value_type": [types.get(name, "numeric") for name in names],
            "transform": ["log1p" if name == "recency_days" else "none" for name in names],
            "in_classification": [True] * len(names),
            "is_dated": [name != "sworn_secret" for name in names],
            "product_category": pa.array([shares.get(name) for name in names], pa.string()),
        }
    )
    return connection.from_arrow(rows)


def labels(table, names, target="will_purchase", noise=0.5):
    """Cut a score that the features explain into as many parts as there are names."""
    table = table.filter(pc.invert(table["is_as_of"]))
    rng = np.random.default_rng(1)
    recency = np.nan_to_num(table["recency_days"].to_numpy(zero_copy_only=False), nan=300)
    score = (
        -np.log1p(recency)
        + table["order_days"].to_numpy() * 0.4
        + np.array([value == "手机" for value in table["device"].to_pylist()])
        + rng.normal(size=len(table)) * noise
    )
    edges = np.quantile(score, np.arange(1, len(names)) / len(names)) if len(score) else []
    return pa.table(
        {
            "target": [target] * len(table),
            "customer_id": table["customer_id"],
            "observation_date": table["observation_date"],
            "label": np.array(names)[np.digitize(score, edges)],
        }
    )


def fit(connection, table, labelled, *, shares=None, outlook=NO_OUTLOOK, **settings):
    defaults = {
        "target": "will_purchase",
        "kind": "future",
        "horizon_days": HORIZON,
        "seed": 7,
        "algorithms": QUICK,
    }
    return fit_target(
        connection.from_arrow(table),
        connection.from_arrow(labelled),
        catalog(connection, table, shares),
        connection.from_arrow(outlook),
        **defaults | settings,
    )


def declared(table):
    """Only what is known today, and labels of that."""
    return table.set_column(2, "is_as_of", pa.array([False] * len(table)))


def rows_of(fitted):
    return {row["algorithm"]: row for row in fitted.table.to_pylist()}


def assert_sql_agrees(connection, fitted, table):
    now = connection.from_arrow(table)
    for row in fitted.table.to_pylist():
        keys = ["customer_id", "class"]
        scores = now.query("features", row["scoring_sql"]).df().set_index(keys)["probability"]
        expected = fitted.models[row["model_id"]].predict(now).set_index(keys)["probability"]
        assert len(scores) == len(expected) > 0
        assert np.abs(scores.loc[expected.index] - expected).max() < 1e-6, row["algorithm"]
        assert np.allclose(scores.groupby("customer_id").sum(), 1, atol=1e-9)


def test_sql_agrees_with_python_for_every_algorithm_and_two_classes(connection):
    table = features()
    fitted = fit(connection, table, labels(table, ["no", "yes"]), algorithms=list(GRIDS))
    rows = rows_of(fitted)
    assert list(rows) == ["majority", "recency_only", "bg_nbd", *ALL]
    assert sum(row["is_champion"] for row in rows.values()) == 1
    assert sum(row["is_published"] for row in rows.values()) == 1
    assert_sql_agrees(connection, fitted, features(1000, DATES[:1], seed=5).slice(0, 1000))
    for algorithm in ALL:
        measured = {
            (each["split"], each["metric"]): each for each in json.loads(rows[algorithm]["metrics"])
        }
        assert {split for split, _ in measured} >= {"validation", "test"}
        area = measured["test", "roc_auc"]
        assert area["low"] < area["value"] < area["high"] and area["value"] > 0.8
        used = json.loads(rows[algorithm]["features"])
        assert "recency_days" in used or "order_days" in used
        assert not {"sworn_secret", "constant", "nothing"} & set(used)


@pytest.mark.parametrize("class_count", [3, 12])
def test_sql_agrees_with_python_for_several_classes(connection, class_count):
    table = declared(features(2000, DATES[:1]).slice(0, 2000))
    names = [f"need {n}: it's '需要'" for n in range(class_count)]
    labelled = labels(table, names, "need")
    fitted = fit(
        connection, table, labelled, target="need", kind="declared", algorithms=list(GRIDS)
    )
    assert set(rows_of(fitted)) == {"majority", *ALL}
    assert_sql_agrees(connection, fitted, features(500, DATES[:1], seed=5).slice(0, 500))
    metrics = json.loads(fitted.table.to_pylist()[1]["metrics"])
    assert ("top_3_hit_rate" in {each["metric"] for each in metrics}) == (class_count > 3)


def test_own_habit_is_the_own_order_of_shares(connection):
    table = features()
    rng = np.random.default_rng(3)
    spent = rng.dirichlet([0.5, 0.5, 0.5], len(table))
    for position, name in enumerate(("tea", "toys", "tools")):
        table = table.append_column(f"category_share_{name}", pa.array(spent[:, position]))
    labelled = labels(table, ["tea", "toys", "tools"], "next")
    shares = {f"category_share_{name}": name for name in ("tea", "toys", "tools")}
    fitted = fit(connection, table, labelled, target="next", shares=shares)
    assert "own_habit" in rows_of(fitted)
    assert_sql_agrees(connection, fitted, table.slice(0, 400))
    found = fitted.models["next_own_habit"].predict(connection.from_arrow(table.slice(0, 400)))
    top = found.sort_values("probability").groupby("customer_id").last()["class"]
    expected = np.array(["tea", "toys", "tools"])[spent[:400].argmax(axis=1)]
    assert (top.to_numpy() == expected).all()


def test_a_choice_model_weighs_what_was_done_about_each_class_alike(connection):
    table, names = features(), ("tea", "toys", "tools")
    rng = np.random.default_rng(4)
    tastes = rng.dirichlet([0.6] * 3, len(table))
    # what was spent shows the taste but dimly
    spent = np.array([rng.dirichlet(3 * taste + 0.05) for taste in tastes])
    seen = {
        aspect: np.clip(tastes + 0.15 * rng.random(tastes.shape), 0.01, 1) for aspect in ASPECTS
    }
    shares = {f"category_share_{name}": name for name in names}
    for position, name in enumerate(names):
        table = table.append_column(f"category_share_{name}", pa.array(spent[:, position]))
        for aspect, values in seen.items():
            table = table.append_column(f"{aspect}_{name}", pa.array(values[:, position]))
            shares[f"{aspect}_{name}"] = name
    wanted = (np.log(tastes + 0.02) + rng.gumbel(size=tastes.shape)).argmax(axis=1)
    labelled = labels(table, names, "next")
    drawn = pa.array(np.array(names)[wanted[: len(labelled)]])
    labelled = labelled.set_column(labelled.column_names.index("label"), "label", drawn)
    fitted = fit(
        connection, table, labelled, target="next", shares=shares, algorithms=["choice_model"]
    )
    row = rows_of(fitted)["choice_model"]
    assert row["is_published"], row["reason"]
    assert_sql_agrees(connection, fitted, table.slice(0, 400))
    model = fitted.models["next_choice_model"].model.estimator
    assert np.count_nonzero(model.coef_) == len(names) * len(INPUTS)
    now_ = connection.from_arrow(table.slice(0, 400))  # noqa: F841
    predicted = connection.sql("select customer_id, 'toys' as class from now_")  # noqa: F841
    about = connection.sql(row["contributions_sql"].replace("from features", "from now_")).df()
    assert {name.rsplit("_", 1)[1] for name in about["feature_name"]} == set(names)


@pytest.mark.parametrize("algorithm", ["logistic_regression", "linear_svm", "random_forest"])
def test_contributions_add_up_to_the_score(connection, algorithm):
    table = features()
    fitted = fit(connection, table, labels(table, ["no", "yes"]), algorithms=[algorithm])
    row = rows_of(fitted)[algorithm]
    assert row["is_published"], row["reason"]
    now = connection.from_arrow(table.slice(0, 400))
    predicted = connection.sql(  # noqa: F841
        "select customer_id, 'yes' as class from now"
    )
    features_ = now  # noqa: F841
    sql = row["contributions_sql"].replace("from features", "from features_")
    found = connection.sql(sql).df().groupby("customer_id")["contribution"].sum().astype(float)
    model = fitted.models[row["model_id"]]
    X, keys = model.encoding.matrix(now, ["customer_id"])
    # a forest is the mean of its trees' shares, of which the score is the logarithm of the odds
    is_forest = algorithm == "random_forest"
    score = (
        model.model.estimator.predict_proba(X)[:, 1] if is_forest else model.model.scores(X)[:, 1]
    )
    found = found.reindex(keys["customer_id"].to_pylist()).fillna(0).to_numpy()
    assert np.corrcoef(found, score)[0, 1] > (0.9999 if is_forest else 0.999999)


def test_no_training_row_can_see_the_date_that_judges(connection):
    table = features(300)
    fitted = fit(connection, table, labels(table, ["no", "yes"]))
    parameters = json.loads(fitted.table.to_pylist()[0]["parameters"])
    dates = {part: sorted(days) for part, days in parameters["dates"].items()}
    assert dates["test"] == [str(DATES[-1])]
    assert dates["validation"] == [str(day) for day in DATES[2:-2]]
    assert date.fromisoformat(dates["training"][-1]) <= DATES[-1] - timedelta(days=HORIZON)
    assert parameters["rows"] == {"training": 1800, "test": 300}


def test_later_rows_change_no_choice_and_no_model(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    late = pc.greater(table["observation_date"], DATES[-3])
    order_days = pc.if_else(late, 50, table["order_days"])
    place = table.column_names.index("order_days")
    tampered = table.set_column(place, "order_days", order_days)
    late = pc.greater(labelled["observation_date"], DATES[-3])
    swapped = labelled.set_column(3, "label", pc.if_else(late, "no", labelled["label"]))
    kept = ["hyper_parameters", "features", "is_champion"]
    honest, other = fit(connection, table, labelled), fit(connection, tampered, swapped)
    assert other.table.select(kept).equals(honest.table.select(kept))
    then = connection.from_arrow(table.slice(0, 300))
    for name, model in honest.models.items():
        X, _ = model.encoding.matrix(then, ["customer_id"])
        assert np.array_equal(model.model.scores(X), other.models[name].model.scores(X))
        assert model.candidate.sharpness == other.models[name].candidate.sharpness


def test_the_level_is_what_the_season_lets_expect(connection):
    table = features(300)
    outlook = pa.table(
        {
            "target": ["will_purchase"] * 2,
            "observation_date": [AS_OF] * 2,
            "label": ["no", "yes"],
            "expected_share": [0.9, 0.1],
        }
    )
    fitted = fit(connection, table, labels(table, ["no", "yes"]), outlook=outlook)
    now = connection.from_arrow(table.slice(300 * len(DATES), 300))
    for model in fitted.models.values():
        found = model.predict(now)
        assert found[found["class"] == "yes"]["probability"].mean() == pytest.approx(0.1, abs=1e-4)


def test_shuffled_labels_are_refused(connection):
    table = features(400)
    for names, target in ((["no", "yes"], "will_purchase"), (["a", "b", "c", "d"], "need")):
        labelled = labels(table, names, target)
        rng = np.random.default_rng(8)
        shuffled = pa.array(rng.permutation(labelled["label"].to_numpy(zero_copy_only=False)))
        fitted = fit(
            connection,
            table,
            labelled.set_column(3, "label", shuffled),
            target=target,
            algorithms=list(GRIDS),
        )
        (published,) = [row for row in fitted.table.to_pylist() if row["is_published"]]
        assert published["is_baseline"], published["reason"]


def test_a_copy_of_the_label_is_noticed(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    copied = pc.if_else(pc.equal(labelled["label"], "yes"), 1, 0).combine_chunks()
    missing = pa.nulls(len(table) - len(labelled), copied.type)
    table = table.append_column("copy", pa.concat_arrays([copied, missing]))
    fitted = fit(connection, table, labelled)
    (published,) = [row for row in fitted.table.to_pylist() if row["is_published"]]
    suspicious = [
        each for each in json.loads(published["feature_selection"]) if each["is_suspicious"]
    ]
    assert [each["feature_name"] for each in suspicious] == ["copy"]
    assert "copy of the label" in suspicious[0]["reason"]


def test_twins_and_noise_are_left_out_with_a_reason(connection):
    table = features(400)
    twin = pc.multiply(table["recency_days"], 3.0)
    table = table.append_column("recency_times_three", twin)
    fitted = fit(connection, table, labels(table, ["no", "yes"]))
    (published,) = [row for row in fitted.table.to_pylist() if row["is_published"]]
    judged = {each["feature_name"]: each for each in json.loads(published["feature_selection"])}
    pair = [judged["recency_days"], judged["recency_times_three"]]
    assert sorted(each["is_used"] for each in pair) == [False, True]
    (out,) = [each for each in pair if not each["is_used"]]
    assert out["reason"].startswith("Collinear")
    assert judged["constant"]["reason"].startswith("Left out: one value")
    assert judged["nothing"]["reason"] == "Left out: no value."


def test_too_few_dates_for_folds_are_cross_validated(connection):
    table = features(300, [DATES[0], DATES[2]])
    fitted = fit(connection, table, labels(table, ["no", "yes"]))
    assert set(QUICK) <= set(rows_of(fitted))
    assert all("cross-validation" in reason for reason in fitted.table["reason"].to_pylist())
    parameters = json.loads(fitted.table.to_pylist()[0]["parameters"])
    assert parameters["dates"]["training"] == [str(DATES[0])]
    assert parameters["dates"]["test"] == [str(DATES[2])]


@pytest.mark.parametrize("dates", [DATES[:1], DATES[:2]])
def test_no_training_date_is_explained(connection, dates):
    table = features(50, dates)
    (row,) = fit(connection, table, labels(table, ["no", "yes"])).table.to_pylist()
    assert (row["algorithm"], row["is_published"], row["scoring_sql"]) == ("none", False, None)
    assert str(DATES[0] + timedelta(days=HORIZON)) in row["reason"]
    assert str(DATES[0] + timedelta(days=2 * HORIZON)) in row["reason"]


def test_no_labels_are_explained(connection):
    table = features(50)
    other = labels(table, ["no", "yes"], target="something else")
    (row,) = fit(connection, table, other).table.to_pylist()
    assert "no observation date has labels" in row["reason"]
    (row,) = fit(connection, table, other, kind="declared").table.to_pylist()
    assert row["reason"] == "No customer with a label has features."
    (row,) = fit(connection, table.slice(0, 0), other.slice(0, 0)).table.to_pylist()
    assert row["algorithm"] == "none"


def test_labels_of_unknown_customers_do_not_count(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    strangers = labelled.set_column(
        1, "customer_id", pc.binary_join_element_wise("X", labelled["customer_id"], "")
    )
    kept = ["hyper_parameters", "scoring_sql", "is_published"]
    both = pa.concat_tables([labelled, strangers])
    honest = fit(connection, table, labelled).table.select(kept)
    assert fit(connection, table, both).table.select(kept).equals(honest)


def test_one_class_is_explained(connection):
    table = features(300)
    (row,) = fit(connection, table, labels(table, ["yes"])).table.to_pylist()
    assert row["reason"] == "All training rows have one class: yes."


def test_no_usable_feature_is_explained(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    table = table.select([*KEYS, "constant", "sworn_secret"])
    (row,) = fit(connection, table, labelled).table.to_pylist()
    assert "No feature can be used" in row["reason"]


def test_a_single_feature_is_enough(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    table = table.select([*KEYS, "recency_days"])
    assert_sql_agrees(connection, fit(connection, table, labelled), table.slice(0, 300))


def test_features_that_shadow_names_in_the_sql(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    renamed = table.select([*KEYS, "recency_days", "order_days", "category_share_home & garden"])
    renamed = renamed.rename_columns([*KEYS, "class", "probability", "tree_0"])
    fitted = fit(connection, renamed, labelled, algorithms=list(GRIDS))
    assert_sql_agrees(connection, fitted, renamed.slice(0, 300))


@pytest.mark.parametrize("count", [1, 2, 5, 10, 25, 150])
def test_declared_needs_of_few_customers_end_in_words_not_in_an_error(connection, count):
    table = declared(features(count, DATES[:1]).slice(0, count))
    labelled = labels(table, ["a", "b"], "need")
    fitted = fit(connection, table, labelled, target="need", kind="declared")
    assert all(fitted.table["reason"].to_pylist())


def test_rare_classes_become_other(connection):
    table = declared(features(1500, DATES[:1]).slice(0, 1500))
    labelled = labels(table, ["a", "b", "c"], "need")
    names = np.array(labelled["label"].to_pylist(), dtype=object)
    names[:30] = [f"rare {number % 3}" for number in range(30)]
    many = labelled.set_column(3, "label", pa.array(names))
    row = fit(connection, table, many, target="need", kind="declared").table.to_pylist()[0]
    assert json.loads(row["classes"]) == ["a", "b", "c", "other"]
    assert "rare 0, rare 1, rare 2" in row["reason"]
    names[3:30] = "a"
    three = labelled.set_column(3, "label", pa.array(names))
    row = fit(connection, table, three, target="need", kind="declared").table.to_pylist()[0]
    assert json.loads(row["classes"]) == ["a", "b", "c"]
    assert "Left out" in row["reason"]


def test_five_hundred_categories_become_thirty_and_other(connection):
    table = declared(features(6000, DATES[:1]).slice(0, 6000))
    labelled = labels(table, ["a", "b"], "need")
    rng = np.random.default_rng(2)
    names = np.array([f"category {n:03}" for n in rng.zipf(1.3, 6000) % 500])
    labelled = labelled.set_column(3, "label", pa.array(names))
    row = fit(
        connection, table, labelled, target="need", kind="declared", algorithms=["decision_tree"]
    ).table.to_pylist()[0]
    classes = json.loads(row["classes"])
    assert "other" in classes and 5 < len(classes) <= 31
    assert "Folded into 'other'" in row["reason"]


def test_fit_depends_on_nothing_but_the_input(connection):
    table = features(300)
    labelled = labels(table, ["no", "yes"])
    order = np.random.default_rng(3).permutation(len(table))
    other = np.random.default_rng(4).permutation(len(labelled))
    one_thread = duckdb.connect(config={"threads": 1})
    first = fit(connection, table, labelled, sample_size=1500).table
    second = fit(one_thread, table.take(order), labelled.take(other), sample_size=1500).table
    assert first.equals(second)


def test_a_declared_need_is_predicted_as_well_as_by_tuned_boosting(connection):
    rng = np.random.default_rng(6)
    count = 4000
    age = rng.integers(18, 80, count).astype(float)
    income = np.where(rng.random(count) < 0.15, np.nan, rng.lognormal(10.5, 0.5, count))
    city = rng.choice(["north", "south", "east", None], count, p=[0.4, 0.3, 0.2, 0.1])
    member = rng.random(count) < 0.4
    since = rng.integers(0, 4000, count).astype(float)
    score = (
        np.abs(age - 45) / 12
        + 2.0 * member * (since > 2000)
        + np.array([{"north": 0.8, "south": -0.6}.get(name, 0.0) for name in city])
        + np.nan_to_num(np.log(income) - 10.5)
        + rng.logistic(size=count)
    )
    ids = [f"{n:05}" for n in range(count)]
    table = pa.table(
        {
            "customer_id": ids,
            "observation_date": np.repeat(np.datetime64("2000-01-01"), count),
            "is_as_of": [True] * count,
            "age": age,
            "income": pa.array(income, from_pandas=True),
            "device": pa.array(city.tolist(), pa.string()),
            "newsletter": member,
            "since": since,
        }
    )
    labelled = pa.table(
        {
            "target": ["need"] * count,
            "customer_id": ids,
            "observation_date": table["observation_date"],
            "label": np.where(score > np.median(score), "rest", "fun"),
        }
    )
    fitted = fit(
        connection, table, labelled, target="need", kind="declared", algorithms=list(GRIDS)
    )
    (champion,) = [row for row in fitted.table.to_pylist() if row["is_champion"]]
    (area,) = [
        each["value"]
        for each in json.loads(champion["metrics"])
        if (each["split"], each["metric"], each["persona_id"]) == ("test", "roc_auc", None)
    ]

    relation = connection.from_arrow(table)
    tested = relation.project(f"customer_id, {customer_hash(7)} % 5 = 4").order("customer_id")
    held_out = np.array([each for _, each in tested.fetchall()])
    codes = np.array([{"north": 0, "south": 1, "east": 2}.get(name, np.nan) for name in city])
    X = np.column_stack([age, income, codes, member, since])
    y = score > np.median(score)
    search = GridSearchCV(
        HistGradientBoostingClassifier(random_state=0),
        {"learning_rate": [0.03, 0.1], "max_leaf_nodes": [4, 8, 16], "max_iter": [50, 150]},
        scoring="roc_auc",
        cv=3,
    ).fit(X[~held_out], y[~held_out])
    rival = roc_auc_score(y[held_out], search.predict_proba(X[held_out])[:, 1])
    assert area > rival - 0.01
