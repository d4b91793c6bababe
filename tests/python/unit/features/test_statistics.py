"""What is known of a column, of all in one pass."""

import duckdb

from customer_personas.features.statistics import measure_columns

COLUMNS = [
    {"feature_name": "orders", "value_type": "numeric"},
    {"feature_name": "spend", "value_type": "numeric"},
    {"feature_name": "consent", "value_type": "boolean"},
    {"feature_name": "device", "value_type": "category"},
    {"feature_name": "nothing", "value_type": "numeric"},
]


def customers(where="true"):
    return duckdb.connect().sql(
        f"""
        select i as customer_id, nullif(i, 7) as orders,
            case when i = 9 then 1e300 else i / 2 end as spend,
            i < 3 as consent, case when i <> 7 then ['a', 'b', 'b'][1 + i % 3] end as device,
            cast(null as double) as nothing
        from range(10) as numbers (i) where {where}
        """
    )


def test_numbers_flags_and_categories_are_measured():
    found = measure_columns(customers(), COLUMNS, quantiles=(0, 0.5, 1), keys=["customer_id"])
    assert list(found) == [each["feature_name"] for each in COLUMNS]
    assert (found["orders"].row_count, found["orders"].known_count) == (10, 9)
    assert found["orders"].known_share == 0.9
    assert found["orders"].quantiles == (0, 4, 9)
    assert found["orders"].is_whole and not found["spend"].is_whole
    # what is no measurement is no quantile
    assert found["spend"].quantiles == (0, 2, 4)
    assert found["consent"].levels == (("false", 7), ("true", 3))
    assert found["consent"].quantiles == (0, 0, 1)
    assert found["device"].levels == (("b", 5), ("a", 4))
    assert found["nothing"].quantiles == ()


def test_columns_missing_in_the_same_rows_share_a_pattern():
    found = measure_columns(customers(), COLUMNS, keys=["customer_id"])
    assert found["orders"].missing_pattern == found["device"].missing_pattern
    assert found["orders"].missing_pattern != found["nothing"].missing_pattern
    assert found["spend"].missing_pattern is None


def test_without_rows_nothing_is_known():
    found = measure_columns(customers("false"), COLUMNS, quantiles=(0.5,))
    assert {each.known_share for each in found.values()} == {0}
    assert {each.quantiles for each in found.values()} == {()}
