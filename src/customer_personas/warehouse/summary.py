"""The command ``summary``: prints what the last build published."""

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from customer_personas.warehouse.databases import (
    PUBLISH_VARIABLE,
    DatabaseError,
    connect,
    publish_folder,
)
from customer_personas.warehouse.published_files import FILE_NAME

_PERSONAS = """
    select persona_name, customer_count, customer_share, revenue_share
    from marts.personas
    order by customer_count desc, persona_id
"""
_SEGMENTATION = """
    select distinct persona_kind, champion_status
    from marts.personas
"""
_RECORDS = """
    select source_system, entity, received, accepted, duplicates, superseded, quarantined, erased
    from monitoring.record_reconciliation
    order by source_system, entity
"""
_AS_OF = """
    select
        max(as_of_date),
        (
            select count(*) from monitoring.source_coverage
            where filled_records > 0 and column_name in (
                'signed_up_at', 'updated_at', 'ordered_at', 'occurred_at', 'submitted_at',
                'declared_at'
            )
        ) > 0
    from marts.customers
"""
_MODELS = """
    select unnest(string_split(models, '; '))
    from monitoring.publications
    qualify row_number() over (order by version desc) = 1
"""
_TESTED = """
    select target, algorithm, metric, metric_value, value_low, value_high, is_baseline
    from marts.model_evaluations
    where is_published and evaluation_split = 'test'
        and metric in (
            case when target = 'will_purchase' then 'roc_auc' else 'accuracy' end, 'hit_rate_at_5'
        )
    order by target
"""

_MISSING = """
    select target, reason
    from marts.model_evaluations
    where evaluation_split = 'none'
    order by target
"""

_KINDS = {
    "groups": "Groups: customers fall apart into them.",
    "slices of a continuum": "Slices of a continuum: borders could as well lie elsewhere.",
    "RFM segments": "No personas, but RFM segments, which stand in for them.",
    "everybody": "No personas: no groups could be told apart.",
}


def summarise(path: Path) -> str:
    """Describe a published file in a few lines.

    Parameters
    ----------
    path : Path
        The published DuckDB file.

    Returns
    -------
    str
        The records and the date they are looked at, the personas with their sizes, the tested
        metrics of the models or why there is none, whether the build fitted or kept them, and how
        to query the file.

    Raises
    ------
    DatabaseError
        Where the file cannot be opened.
    """
    with connect(path, read_only=True) as connection:
        personas = connection.execute(_PERSONAS).fetchall()
        segmentation = connection.execute(_SEGMENTATION).fetchall()
        models = connection.execute(_MODELS).fetchall()
        tested = connection.execute(_TESTED).fetchall()
        missing = connection.execute(_MISSING).fetchall()
        records = connection.execute(_RECORDS).fetchall()
        ((as_of_date, is_dated),) = connection.execute(_AS_OF).fetchall()
    lines = ["", "Records", ""]
    for system, entity, received, accepted, duplicates, superseded, quarantined, erased in records:
        lines.append(
            f"  {system} {entity:<15} {received:>9,} received: {accepted:>9,} accepted, "
            f"{duplicates:,} duplicates, {superseded:,} superseded, {quarantined:,} quarantined"
            + (f", {erased:,} erased" if erased else "")
        )
    lines += ["", f"  As of {as_of_date}"]
    if not is_dated:
        lines[-1] += ": no record is dated, so this is the day of the build, or the var as_of_date"
    lines += ["", f"{len(personas)} personas", ""]
    width = max((len(name) for name, *_ in personas), default=0)
    for name, count, share, revenue in personas:
        if count is None:
            lines.append(f"  {name:<{width}}  too few customers to say more")
            continue
        worth = "" if revenue is None else f", {revenue:6.1%} of the revenue (giant orders bounded)"
        lines.append(f"  {name:<{width}}  {count:>7,} customers, {share:6.1%}{worth}")
    for kind, status in segmentation:
        said = textwrap.wrap(f"{_KINDS[kind]} {status}", 98)
        lines += ["", *(f"  {line}" for line in said)]
    lines += ["", "Models on the newest complete date (declared_need: on held-out customers)", ""]
    for target, algorithm, metric, value, low, high, is_baseline in tested:
        between = "" if low is None else f" (95 % interval {low:.3f} to {high:.3f})"
        mark = "; a baseline: nothing learnt did better" if is_baseline else ""
        lines.append(f"  {target:<19} {algorithm:<19} {metric} {value:.3f}{between}{mark}")
    lines += [f"  {target:<19} no model. {reason}" for target, reason in missing]
    lines += ["", "Models in force", "", *(f"  {model}" for (model,) in models)]
    lines += [
        "",
        f"Published: {path} (read-only; Parquet files beside it in {path.parent / 'parquet'})",
        "Query it:",
        f'  {_python()} -c "import duckdb; print(duckdb.connect({str(path)!r}, '
        "read_only=True).sql('from marts.customers limit 5'))\"",
    ]
    return "\n".join(lines)


def _python() -> str:
    """Name the interpreter as it can be typed from here."""
    executable = Path(sys.executable)
    is_here = executable.is_relative_to(Path.cwd())
    return str(executable.relative_to(Path.cwd())) if is_here else "python"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the summary of the published file.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the command: nothing.

    Returns
    -------
    int
        0, or 1 where nothing is published yet.
    """
    parser = argparse.ArgumentParser(
        prog="customer-personas summary",
        description="Print what the last build published: records, personas, tested models.",
        epilog=f"The published set is that of the variable {PUBLISH_VARIABLE}.",
    )
    parser.parse_args(arguments)
    path = publish_folder() / FILE_NAME
    if not path.exists():
        print(f"Nothing is published in {path.parent} yet. Run: dbt build", file=sys.stderr)
        return 1
    try:
        print(summarise(path))
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
