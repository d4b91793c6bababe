"""What a column is said to add is there with it, and not without it."""

import duckdb
import pytest
from test_small_companies import company_with

from customer_personas.simulate import simulate

# what is left of each entity; columns that stand in for each other are left out together
LEFT = {
    "customers": ["customer_id"],
    "order_lines": ["customer_id", "ordered_at", "unit_price"],
    "web_events": ["customer_id", "occurred_at", "event_type"],
    "feedback": ["customer_id", "submitted_at"],
}


def features_that_tell(company) -> set[str]:
    """List features that are known of somebody and not the same for everybody."""
    rows = company.query("select feature_name from reference.feature_definitions")
    names = [name for (name,) in rows]
    listed = ", ".join(f'count(distinct "{name}")' for name in names)
    (counts,) = company.query(f"select {listed} from features.customer_features where is_as_of")
    return {name for name, count in zip(names, counts, strict=True) if count > 1}


@pytest.mark.slow
def test_what_columns_would_add_is_what_is_missing_without_them(tmp_path):
    full = company_with(tmp_path / "full", list(LEFT))
    simulate(200, tmp_path / "full" / "landing", "parquet", 3, tmp_path / "truth")
    bare = company_with(tmp_path / "bare", list(LEFT))
    for entity, columns in LEFT.items():
        source = tmp_path / "full" / "landing" / f"{entity}.parquet"
        duckdb.sql(f"select {', '.join(columns)} from '{source}'").write_parquet(
            str(tmp_path / "bare" / "landing" / f"{entity}.parquet")
        )
    for company in (full, bare):
        company.run("+customer_features", "+source_coverage")
    said = {
        name
        for (names,) in bare.query(
            "select missing_feature_names from monitoring.source_coverage "
            "where missing_feature_names is not null"
        )
        for name in names.split(", ")
    }
    there, left = features_that_tell(full), features_that_tell(bare)
    assert said & left == set()
    # of a customer's columns and quantities something is always there: what stands in for them
    assert there - left - said <= {"is_profile_known", "outlier_lines"}
