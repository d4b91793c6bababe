"""The macro share_in_steps: shares of whole steps of customers, never more than all."""

import duckdb
import pytest
from rendered import render


def tell(rows, customers="customers"):
    told = render(f"{{{{ share_in_steps('share', '{customers}') }}}}", minimum_cell=5)
    values = ", ".join(f"({share}::double, {count}::integer)" for share, count in rows)
    found = duckdb.sql(f"select {told} from (values {values}) as shares (share, customers)")
    return [share for (share,) in found.fetchall()]


@pytest.mark.parametrize("sides", [1, 2])
def test_shares_are_of_whole_steps_and_of_all_at_most(sides):
    rows = [(hits / count, count) for count in range(1, 60) for hits in range(count + 1)]
    told = tell(rows, "customers" if sides == 1 else "customers / 2")
    for (_, count), share in zip(rows, told, strict=True):
        assert 0 <= share <= 1
        steps = share * count / sides / 5
        assert share == 1 or steps == pytest.approx(round(steps), abs=1e-9)
    assert tell([(1, 334), (0.985, 334), (0.98, 334)]) == [1, 330 / 334, 325 / 334]


def test_what_is_not_known_stays_so():
    assert tell([("null", 10), (0.5, "null")]) == [None, None]
