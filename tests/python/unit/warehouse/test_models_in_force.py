"""A build says of each model in force whether it fitted or kept it, and why."""

import duckdb
import pytest

from customer_personas.warehouse.models_in_force import describe_models


@pytest.mark.parametrize(
    ("fitted_on", "cause", "said"),
    [
        ("2026-01-01", "no personas yet", "Fitted by this build: no personas yet."),
        # built again on the day of the fit
        ("2026-01-01", None, "Kept: fitted as of 2026-01-01, no cause to fit anew."),
        ("2025-06-01", None, "Kept: fitted as of 2025-06-01, no cause to fit anew."),
        (
            "2025-06-01",
            "age",
            "Kept: fitted as of 2025-06-01, no challenger was better. Looked at anew: age.",
        ),
    ],
)
def test_fitted_and_kept_are_told_apart(fitted_on, cause, said):
    with duckdb.connect() as connection:
        decision = connection.sql(
            "select date '2026-01-01' as as_of_date, $cause as refit_cause", params={"cause": cause}
        )
        champion = connection.sql(
            "select 'S0001' as champion_id, cast($day as date) as fitted_on",
            params={"day": fitted_on},
        )
        fits = connection.sql(
            "from (values ('b', 'b_tree', 'tree', true, '', 'Kept.'), "
            "('a', 'a_linear', 'linear', true, '', 'Fitted.'), "
            "('a', 'a_tree', 'tree', false, '', 'Fitted.'), "
            "('c', 'c_none', 'none', false, 'No labels.', 'Fitted.')) "
            "as fits(target, model_id, algorithm, is_published, reason, status)"
        )
        assert describe_models(decision, champion, fits) == [
            f"segmentation S0001: {said}",
            "a_linear: Fitted.",
            "b_tree: Kept.",
            "no model of c: No labels.",
        ]
