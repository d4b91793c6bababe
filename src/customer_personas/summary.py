"""Prints what the last build published: ``python -m customer_personas.summary``."""

import sys
from pathlib import Path

import duckdb

from customer_personas.publishing import FILE_NAME, publish_folder

_PERSONAS = """
    select persona_name, customer_count, customer_share, revenue_share
    from marts.personas
    order by customer_count desc, persona_id
"""
_TESTED = """
    select target, algorithm, metric, metric_value, baseline_value
    from marts.model_evaluations
    where is_champion and evaluation_split = 'test'
        and metric = case when target = 'will_purchase' then 'roc_auc' else 'accuracy' end
    order by target
"""


def summarise(path: Path) -> str:
    """Describe a published file in a few lines.

    Parameters
    ----------
    path : Path
        The published DuckDB file.

    Returns
    -------
    str
        The personas with their sizes, the tested figures of the models and how to query the file.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        personas = connection.execute(_PERSONAS).fetchall()
        tested = connection.execute(_TESTED).fetchall()
    lines = ["", f"{len(personas)} personas", ""]
    width = max((len(name) for name, *_ in personas), default=0)
    for name, count, share, revenue in personas:
        worth = "" if revenue is None else f", {revenue:6.1%} of the last year's net spend"
        lines.append(f"  {name:<{width}}  {count:>7,} customers, {share:6.1%}{worth}")
    lines += ["", "Models on the newest complete date (declared_need: on held-out customers)", ""]
    for target, algorithm, metric, value, baseline in tested:
        lines.append(
            f"  {target:<14} {algorithm:<14} {metric} {value:.3f} (baseline {baseline:.3f})"
        )
    if not tested:
        lines.append("  No need could be learnt; the column reason of ml.need_fits says why.")
    lines += [
        "",
        f"Published: {path} (read-only; Parquet files beside it in {path.parent / 'parquet'})",
        "Query it:",
        f'  {_python()} -c "import duckdb; '
        f"print(duckdb.connect('{path}', read_only=True).sql('from marts.customers limit 5'))\"",
    ]
    return "\n".join(lines)


def _python() -> str:
    """Name the interpreter as it can be typed from here."""
    executable = Path(sys.executable)
    is_here = executable.is_relative_to(Path.cwd())
    return str(executable.relative_to(Path.cwd())) if is_here else "python"


def main() -> int:
    """Print the summary of the published file; 1 where there is none yet."""
    path = publish_folder() / FILE_NAME
    if not path.exists():
        print(f"Nothing is published in {path.parent} yet. Run: dbt build", file=sys.stderr)
        return 1
    print(summarise(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
