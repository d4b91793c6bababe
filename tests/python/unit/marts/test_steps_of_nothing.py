"""What is told in steps stays unknown where it is not known: least and greatest pass over nulls."""

import duckdb
import pytest
from rendered import render


@pytest.mark.parametrize("customers", [3, 30, 300, 3000])
@pytest.mark.parametrize(
    "expression",
    [
        *(
            f"score_in_steps(\"'{metric}'\", 'figure', 'customers')"
            for metric in ("roc_auc", "average_precision", "log_loss", "brier", "lift")
        ),
        "share_in_steps('figure', 'customers')",
        "advantage_in_steps('figure', 'customers')",
        "hits_in_steps('figure', 'customers', 'true')",
        "hits_in_steps('figure', 'customers', 'false')",
        "smaller_side_in_steps('figure', 'customers')",
        "in_steps('figure')",
    ],
)
def test_what_is_not_known_is_told_as_nothing(expression, customers):
    told = render(f"{{{{ {expression} }}}}", minimum_cell=5)
    rows = f"(select cast(null as double) as figure, {customers} as customers)"
    assert duckdb.sql(f"select {told} from {rows}").fetchall() == [(None,)]
