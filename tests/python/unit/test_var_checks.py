"""A var with a value that cannot be meant is named, before anything is computed with it."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from rendered import RefusedError, render

ROOT = Path(__file__).parents[3]
GIVEN = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def check(**variables) -> None:
    render("{{ check_vars() }}", **(GIVEN | variables))


def test_those_of_the_project_pass():
    check()


# active_systems checks it
@pytest.mark.parametrize("name", sorted(GIVEN.keys() - {"source_systems"}))
def test_every_var_is_checked(name):
    with pytest.raises(RefusedError, match=f"^The var {name} is nonsense; give "):
        check(**{name: "nonsense"})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("horizon_days", 0, "a whole number from 1 on"),
        ("horizon_days", -90, "a whole number from 1 on"),
        ("horizon_days", "90", "a whole number from 1 on"),
        ("horizon_days", 1.5, "a whole number from 1 on"),
        ("horizon_days", True, "a whole number from 1 on"),
        ("observation_step_days", None, "a whole number from 1 on"),
        ("minimum_cell", 0, "a whole number from 1 on"),
        ("personas_min", 1, "a whole number from 2 on"),
        ("personas_max", 3, "a whole number from 4 on"),
        ("holdout_share", 10, "a number from 0 to 1"),
        ("maximum_quarantined_share", -0.1, "a number from 0 to 1"),
        ("fit_budget_seconds", 0, "a number from 1 on"),
        ("earliest_plausible_date", "1990", "a date as YYYY-MM-DD"),
        ("as_of_date", "31.12.2024", "a date as YYYY-MM-DD"),
        ("as_of_date", "2024-13-01", "a date as YYYY-MM-DD"),
        ("algorithms", "decision_tree", "a list"),
        ("published_attributes", None, "a list"),
        ("targets", {"will_purchase": "futur"}, "each with future or declared"),
        ("in_personas", {"gender": "no"}, "each with true or false"),
        ("replace_published", "yes", "true or false"),
        ("clock_tolerance_hours", 0.5, "a whole number from 0 on"),
        ("refit", None, "one of auto, always, never"),
    ],
)
def test_what_cannot_be_meant_is_refused(name, value, expected):
    given = "null" if value is None else value
    with pytest.raises(RefusedError) as refused:
        check(**{name: value})
    said, advice = str(refused.value).split("; give ")
    assert said == f"The var {name} is {given}"
    assert expected in advice
    assert advice.endswith("Mend it in dbt_project.yml or --vars.")


@pytest.mark.parametrize(
    "variables",
    [
        {"as_of_date": date(2011, 12, 10)},
        {"as_of_date": "2011-12-10"},
        {"earliest_plausible_date": date(1970, 1, 1)},
        {"holdout_share": 0, "worthwhile_lift": 0, "outcome_customers": 0},
        {"minimum_cell": 1, "personas_min": 2, "personas_max": 2},
        {"targets": {}, "algorithms": [], "in_personas": {"gender": False}},
        {"fit_budget_seconds": 2.5, "holdout_share": 1, "clock_tolerance_hours": 0},
    ],
)
def test_what_can_be_meant_passes(variables):
    check(**variables)
