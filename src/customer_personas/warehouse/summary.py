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
# The metric that comes first is followed by those that say what it is worth.
_TESTED = """
    with tested as (
        from marts.model_evaluations
        where evaluation_split = 'test'
    ),
    beside as (
        select
            target,
            max(metric_value) filter (is_published and metric = 'lift_at_10_percent') as lift,
            max(metric_value) filter (is_published and metric = 'prevalence') as prevalence,
            max(metric_value) filter (is_published and metric = 'roc_auc') as roc_auc,
            -- lift and prevalence of few customers are not told
            bool_or(metric = 'average_precision') as is_of_two,
            max(metric_value) filter (is_published and metric = 'accuracy') as accuracy,
            max(metric_value) filter (algorithm = 'majority' and metric = 'accuracy') as majority,
            max(metric_value) filter (algorithm = 'best_feature' and metric = 'roc_auc') as single
        from tested
        group by target
    )
    select
        target, algorithm, metric, metric_value, value_low, value_high, is_baseline,
        lift, prevalence, roc_auc, accuracy, majority, single
    from tested
    inner join beside using (target)
    where is_published and metric in (
        case when is_of_two then 'roc_auc' else 'accuracy' end, 'hit_rate_at_5'
    )
    order by target
"""
_WITHHELD = """
    select target, string_agg(feature_name, ', ' order by feature_name)
    from marts.feature_selection
    where is_suspicious and not is_used
    group by target
    order by target
"""
_CONSENTS = """
    select
        count(*),
        count(*) filter (marketing_consent = 'granted'),
        count(*) filter (marketing_consent != 'unknown')
    from marts.customers
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
        withheld = connection.execute(_WITHHELD).fetchall()
        ((customers, consenting, known),) = connection.execute(_CONSENTS).fetchall()
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
    lines += ["", "Models on the newest complete date (declared needs: on held-out customers)", ""]
    for target, algorithm, metric, value, low, high, is_baseline, *beside in tested:
        between = "" if low is None else f" (95 % interval {low:.3f} to {high:.3f})"
        mark = "; a baseline: nothing learnt did better" if is_baseline else ""
        lines.append(f"  {target:<19} {algorithm:<19} {metric} {value:.3f}{between}{mark}")
        if more := _say_beside(metric, *beside):
            lines.append(f"  {'':<39} {more}")
    lines += [f"  {target:<19} no model. {reason}" for target, reason in missing]
    for target, features in withheld:
        held_back = (
            f"Withheld from {target}: {features}. Alone such a feature tells it nearly without "
            "fail, as a copy of it does, known only afterwards. If it is known before, name it in "
            "the var confirmed_features."
        )
        lines += ["", *(f"  {line}" for line in textwrap.wrap(held_back, 98))]
    lines += ["", "Models in force", "", *(f"  {model}" for (model,) in models)]
    audience = f"{consenting:,} of {customers:,} customers granted marketing_consent"
    if not known:
        audience = (
            "empty: no record says who may be written to. Deliver marketing_consent (yes or no) in "
            "the customers file, or say in mapping.yml which column it is"
        )
    lines += ["", *textwrap.wrap(f"CRM audience: {audience}.", 98, subsequent_indent="  ")]
    lines += [
        "",
        f"Published: {path} (read-only; Parquet files beside it in {path.parent / 'parquet'})",
        "Query it:",
        f'  {_python()} -c "import duckdb; print(duckdb.connect({str(path)!r}, '
        "read_only=True).sql('from marts.customers limit 5'))\"",
    ]
    return "\n".join(lines)


def _say_beside(
    metric: str,
    lift: float | None,
    prevalence: float | None,
    roc_auc: float | None,
    accuracy: float | None,
    majority: float | None,
    single: float | None,
) -> str:
    """Say what stands beside the metric that comes first."""
    beside = "" if majority is None else f" (the most frequent class: {majority:.3f})"
    rule = "" if single is None else f" (the best single feature: {single:.3f})"
    if metric == "accuracy":
        parts = [] if majority is None else [f"the most frequent class: {majority:.3f}"]
        parts += [] if roc_auc is None else [f"roc_auc {roc_auc:.3f}{rule}"]
        return ", ".join(parts)
    parts = [] if prevalence is None else [f"{prevalence:.1%} of the customers"]
    parts += [] if lift is None else [f"{lift:.1f} times that in the top tenth"]
    parts += [] if single is None else [f"the best single feature: roc_auc {single:.3f}"]
    parts += [] if accuracy is None else [f"accuracy {accuracy:.3f}{beside}"]
    return ", ".join(parts)


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
