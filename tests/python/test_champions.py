from datetime import date

import pytest

from customer_personas.learning.champions import carry_forward

FIT = {
    "model_id": "kmeans_k4",
    "algorithm": "kmeans",
    "hyper_parameters": '{"n_clusters": 4}',
    "metrics": "{}",
    "features": '["recency_days", "frequency"]',
    "parameters": "{}",
    "scoring_sql": "select 1",
    "is_champion": True,
    "reason": "Chosen: the only candidate.",
}
COLUMNS = ["customer_id", "recency_days", "frequency"]


def carry(earlier, as_of_date, fit=FIT, columns=COLUMNS, policy="auto", systems='{"demo": []}'):
    return carry_forward(
        earlier,
        [fit, fit | {"is_champion": False}],
        as_of_date=as_of_date,
        source_systems=systems,
        columns=columns,
        policy=policy,
        refit_after_days=90,
    ).to_pylist()


def in_force(rows):
    (champion,) = [row for row in rows if row["is_in_force"]]
    return champion


def test_the_first_build_promotes_its_fit():
    champion = in_force(carry([], date(2026, 1, 1)))
    assert champion["champion_id"] == "S0001"
    assert champion["first_persona_number"] == 1
    assert champion["reason"].startswith("Fitted anew: no earlier champion")


def test_a_young_champion_is_kept_whatever_the_new_fit_is():
    first = carry([], date(2026, 1, 1))
    rows = carry(first, date(2026, 3, 31), FIT | {"scoring_sql": "select 2"})
    assert len(rows) == 1
    assert in_force(rows)["scoring_sql"] == "select 1"


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"as_of_date": date(2026, 4, 1)}, "90 days old"),
        ({"columns": ["customer_id", "recency_days"]}, "the feature frequency"),
        ({"policy": "always"}, "the var refit is always"),
        ({"systems": '{"files": []}'}, "no earlier champion of these source systems"),
        ({"as_of_date": date(2025, 12, 1)}, "from before as_of_date"),
    ],
)
def test_causes_of_a_refit(change, cause):
    first = carry([], date(2026, 1, 1))
    fit = FIT | {"scoring_sql": "select 2"}
    rows = carry(first, fit=fit, **({"as_of_date": date(2026, 1, 2)} | change))
    champion = in_force(rows)
    assert cause in champion["reason"]
    assert champion["champion_id"] == "S0002"
    # no persona number is ever used for a second persona
    assert champion["first_persona_number"] == 5
    assert len(rows) == 2


def test_never_keeps_an_old_champion():
    first = carry([], date(2020, 1, 1))
    assert in_force(carry(first, date(2026, 1, 1), policy="never"))["fitted_on"] == date(2020, 1, 1)


def test_a_refit_that_finds_the_same_keeps_the_personas():
    first = carry([], date(2026, 1, 1))
    rows = carry(first, date(2026, 1, 1), policy="always")
    assert len(rows) == 1
    assert in_force(rows)["champion_id"] == "S0001"
    assert in_force(rows)["first_persona_number"] == 1


def test_a_refit_of_the_same_day_that_differs_has_new_personas():
    first = carry([], date(2026, 1, 1))
    rows = carry(first, date(2026, 1, 1), FIT | {"scoring_sql": "select 2"}, policy="always")
    assert [row["scoring_sql"] for row in rows] == ["select 1", "select 2"]
    assert in_force(rows)["first_persona_number"] == 5


def test_looking_back_uses_the_champion_of_the_time():
    rows = carry([], date(2026, 1, 1))
    rows = carry(rows, date(2026, 6, 1), FIT | {"scoring_sql": "select 2"})
    assert in_force(rows)["champion_id"] == "S0002"
    assert in_force(carry(rows, date(2026, 2, 1)))["champion_id"] == "S0001"


def test_an_unknown_policy_is_named():
    with pytest.raises(ValueError, match="refit is 'monthly'"):
        carry([], date(2026, 1, 1), policy="monthly")
