"""The command ``summary``: prints what the last build published."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from customer_personas.language.terminal import columns, fold, pad
from customer_personas.language.texts import (
    LANGUAGE_VARIABLE,
    LanguageError,
    Row,
    Texts,
    own_texts,
    say,
)
from customer_personas.report.published import (
    QUERIES,
    ask,
    load_query,
    smallest_cell,
)
from customer_personas.report.value_types import load_value_types, type_of
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


def summarise(path: Path) -> str:
    """Describe a published file in a few lines, in the language that the environment asks for.

    Parameters
    ----------
    path : Path
        The published DuckDB file.

    Returns
    -------
    str
        The records and the date they are looked at, the personas with their sizes, the RFM
        segments and value types, the tested metrics of the models or why there is none, whether the
        build fitted or kept them, and how to query the file.

    Raises
    ------
    DatabaseError
        Where the file cannot be opened.
    """
    texts = own_texts()
    with connect(path, read_only=True) as connection:
        lines = [
            *_say_records(connection),
            *_say_personas(connection, texts),
            *_say_segments(connection, texts, smallest_cell(path)),
            *_say_models(connection, texts),
            *_say_audience(connection),
        ]
    lines += [
        "",
        say("summary.published", path=path, folder=path.parent / "parquet"),
        say("summary.query"),
        f'  {_python()} -c "import duckdb; print(duckdb.connect({str(path)!r}, '
        "read_only=True).sql('from marts.customers limit 5'))\"",
    ]
    return "\n".join(lines)


def _say_records(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Say where the records ended, and as of when they are looked at."""
    lines = ["", say("summary.records"), ""]
    for system, entity, *counts, erased in connection.execute(_RECORDS).fetchall():
        received, accepted, *others = counts
        duplicates, superseded, quarantined = (f"{count:,}" for count in others)
        lines.append(
            "  "
            + say(
                "summary.record_line",
                system=system,
                entity=f"{entity:<15}",
                received=f"{received:>9,}",
                accepted=f"{accepted:>9,}",
                duplicates=duplicates,
                superseded=superseded,
                quarantined=quarantined,
            )
            + (say("summary.erased", erased=f"{erased:,}") if erased else "")
        )
    ((as_of_date, is_dated),) = connection.execute(_AS_OF).fetchall()
    undated = "" if is_dated else say("summary.undated")
    return [*lines, "", f"  {say('summary.as_of', date=as_of_date)}{undated}"]


def _say_personas(connection: duckdb.DuckDBPyConnection, texts: Texts) -> list[str]:
    """Say which personas there are, how large, and how they were found."""
    personas = [
        (texts.persona(name), *figures)
        for name, *figures in connection.execute(_PERSONAS).fetchall()
    ]
    lines = ["", say("summary.personas", count=len(personas)), ""]
    width = max((columns(name) for name, *_ in personas), default=0)
    for name, count, share, revenue in personas:
        said = say("summary.few")
        if count is not None:
            said = say("summary.persona", customers=f"{count:>7,}", share=f"{share:6.1%}")
            if revenue is not None:
                said += say("summary.worth", revenue=f"{revenue:6.1%}")
        lines.append(f"  {pad(name, width)}  {said}")
    for kind, status in connection.execute(_SEGMENTATION).fetchall():
        said = texts.sentences(texts.known("kinds", kind), texts.sentence(status))
        lines += ["", *fold(said)]
    return lines


def _say_segments(
    connection: duckdb.DuckDBPyConnection, texts: Texts, minimum_cell: int
) -> list[str]:
    """Say how many buyers each RFM segment and each value type has, few of them withheld."""

    def told(query: str) -> list[Row]:
        rows = ask(connection, load_query(QUERIES / f"{query}.sql"), minimum_cell)
        return [each for each in rows if each["customers"] is not None]

    types = load_value_types()
    groups = {
        "segments": [
            (texts.known("segments", each["rfm_segment"]), each["customers"])
            for each in told("rfm_segments")
        ],
        "value_types": [
            (say(f"value_types.{types[type_of(each)]}"), each["customers"])
            for each in told("value_types")
        ],
    }
    lines = []
    for heading, rows in groups.items():
        if rows:
            counted = say("format.apart").join(f"{name}\u00a0{count:,}" for name, count in rows)
            lines += ["", say(f"summary.{heading}"), "", *fold(counted)]
    return lines


def _say_models(connection: duckdb.DuckDBPyConnection, texts: Texts) -> list[str]:
    """Say what the models are worth, what is withheld from them, and which are in force."""
    lines = ["", say("summary.models"), ""]
    tested = connection.execute(_TESTED).fetchall()
    for target, algorithm, metric, value, low, high, is_baseline, *beside in tested:
        between = (
            "" if low is None else say("summary.interval", low=f"{low:.3f}", high=f"{high:.3f}")
        )
        mark = say("summary.is_baseline") if is_baseline else ""
        lines.append(f"  {target:<19} {algorithm:<19} {metric} {value:.3f}{between}{mark}")
        if more := _say_beside(metric, *beside):
            lines.append(f"  {'':<39} {more}")
    for target, reason in connection.execute(_MISSING).fetchall():
        lines.append(
            f"  {target:<19} {say('summary.no_model', reason=texts.sentence(reason or ''))}"
        )
    for target, features in connection.execute(_WITHHELD).fetchall():
        lines += ["", *fold(say("summary.withheld", target=target, features=features))]
    models = connection.execute(_MODELS).fetchall()
    # targets without a model, which the publication names as well, were said above
    in_force = [
        f"  {texts.sentence(model)}" for (model,) in models if not model.startswith("no model of ")
    ]
    return [*lines, "", say("summary.in_force"), "", *in_force]


def _say_audience(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Say how many customers may be written to."""
    ((customers, consenting, known),) = connection.execute(_CONSENTS).fetchall()
    said = say("summary.no_audience")
    if known:
        said = say("summary.audience", consenting=f"{consenting:,}", customers=f"{customers:,}")
    first, *others = fold(said)
    return ["", first.strip(), *others]


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

    def beside(figure: str, text: str) -> str:
        return say("format.in_brackets", first=figure, text=text) if text else figure

    rule = "" if majority is None else say("summary.majority", value=f"{majority:.3f}")
    if metric == "accuracy":
        alone = "" if single is None else say("summary.single", value=f"{single:.3f}")
        parts = [rule] if rule else []
        parts += [] if roc_auc is None else [beside(f"roc_auc {roc_auc:.3f}", alone)]
    else:
        share = "" if prevalence is None else f"{prevalence:.1%}"
        parts = [say("summary.prevalence", share=share)] if share else []
        parts += [] if lift is None else [say("summary.lift", lift=f"{lift:.1f}")]
        parts += [] if single is None else [say("summary.single", value=f"roc_auc {single:.3f}")]
        parts += [] if accuracy is None else [beside(f"accuracy {accuracy:.3f}", rule)]
    return say("format.beside").join(parts)


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
        epilog=f"The published set is that of the variable {PUBLISH_VARIABLE}; the language that "
        f"of {LANGUAGE_VARIABLE}.",
    )
    parser.parse_args(arguments)
    path = publish_folder() / FILE_NAME
    try:
        if not path.exists():
            print(say("summary.nothing", folder=path.parent), file=sys.stderr)
            return 1
        print(summarise(path))
    except LanguageError as error:
        parser.error(str(error))
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
