"""Builds all companies at hand and prints what their models are worth, beside what came true.

``python -m benchmarks.evaluate``: the demo, the real companies in the folder PERSONA_REAL_DATA, and
30 simulated ones, whose future the simulator knows. Names of companies, or the beginnings of names,
choose among them. Nothing is tested or published: each build goes as far as the table looks.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.companies import HORIZON, Company, companies_at_hand

ROOT = Path(__file__).parents[1]
# Where the mean published probability should lie around the share that came true.
CLOSE = 0.05
COLUMNS = (
    *("company", "customers", "published", "AUC (95 % interval)", "calibration error"),
    *("mean probability", "seen so far", "expected by", "true share", "off by", "personas"),
)

_PUBLISHED = """
    with scored as (
        select count(*) as customers, avg(probability) as mean_probability
        from ml.customer_target_scores
        where target = 'will_purchase' and class = 'yes'
    ),
    fits as (
        select * from ml.target_fits where target = 'will_purchase' and is_published
    ),
    measured as (
        select unnest(metrics, recursive := true) from fits
    ),
    outlook as (
        select * from features.season_outlook
        where target = 'will_purchase' and label = 'yes' and observation_date = (
            select observation_date from intermediate.label_dates where is_as_of
        )
    )
    select
        scored.customers,
        fits.algorithm,
        auc.value,
        auc.low,
        auc.high,
        error.value,
        scored.mean_probability,
        outlook.lowest_share,
        outlook.highest_share,
        outlook.basis
    from scored, fits
    left join measured as auc on auc.split = 'test' and auc.metric = 'roc_auc'
    left join measured as error
        on error.split = 'test' and error.metric = 'expected_calibration_error'
    left join outlook on true
"""
_PERSONAS = """
    select
        string_agg(distinct persona_kind, ', ' order by persona_kind)
        || ': ' || string_agg(persona_name, '; ' order by customer_count desc, persona_name)
    from marts.personas
"""


def build(company: Company, folder: Path, shared: Path) -> None:
    """Build a company as far as the table looks.

    Parameters
    ----------
    company : Company
        What is built.
    folder : pathlib.Path
        Its own folder, for records and databases.
    shared : pathlib.Path
        Where dbt keeps what it parsed, once for each set of variables.

    Raises
    ------
    RuntimeError
        Where the build fails, with the end of what it said.
    """
    for name in ("landing", "warehouse", "state", "published"):
        (folder / name).mkdir(parents=True)
    company.write_records(folder / "landing")
    nodes = ["+customer_target_scores", *(["+personas"] if company.has_personas else [])]
    # databases lie where they are by default, in the working directory: with paths of its own in
    # the environment each company would be parsed anew
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PERSONA_")
    }
    variables = json.dumps(company.variables)
    hashed = sha256(variables.encode()).hexdigest()[:12]
    done = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "dbt"), "--no-use-colors", "build"),
            *("--exclude-resource-types", "unit_test", "test", "--select", *nodes),
            *("--project-dir", str(ROOT), "--profiles-dir", str(ROOT)),
            *("--target-path", str(shared / hashed), "--log-path", str(folder)),
            *("--vars", variables),
        ],
        cwd=folder,
        env=environment
        | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        | {"PERSONA_THREADS": os.environ.get("PERSONA_THREADS", "2")}
        | dict(company.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{company.name}: {done.stdout[-3000:]}")


def true_share(warehouse: duckdb.DuckDBPyConnection, folder: Path, day: str) -> float:
    """Give the share of the scored customers who ordered within the horizon.

    Parameters
    ----------
    warehouse : duckdb.DuckDBPyConnection
        The built warehouse.
    folder : pathlib.Path
        The landing folder with the simulated records, the horizon included.
    day : str
        The as-of date.

    Returns
    -------
    float
        From 0 to 1.
    """
    ((share,),) = warehouse.execute(
        f"""
        with later as (
            select distinct customer_id
            from read_parquet('{folder}/order_lines.parquet')
            where
                order_status = 'completed'
                and try_cast(ordered_at as timestamp) >= date '{day}'
                and try_cast(ordered_at as timestamp) < date '{day}' + {HORIZON.days}
        )
        select avg(case when later.customer_id is null then 0 else 1 end)
        from ml.customer_target_scores as scores
        left join later
            on scores.customer_id = later.customer_id
        where scores.target = 'will_purchase' and scores.class = 'yes'
        """
    ).fetchall()
    return share


def evaluate(company: Company, folder: Path, shared: Path) -> dict[str, Any]:
    """Build a company and read what it is worth.

    Parameters
    ----------
    company : Company
        What is built.
    folder : pathlib.Path
        Its own folder, for records and databases.
    shared : pathlib.Path
        Where dbt keeps what it parsed.

    Returns
    -------
    dict
        What the table shows, by column; `gap` is the mean probability less the true share, None
        where one of the two is not known.
    """
    build(company, folder, shared)
    path = folder / "warehouse" / "customer_personas.duckdb"
    with duckdb.connect(str(path), read_only=True) as warehouse:
        found = warehouse.execute(_PUBLISHED).fetchall()
        row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
        row |= {"company": company.name, "gap": None}
        if company.has_personas:
            ((row["personas"],),) = warehouse.execute(_PERSONAS).fetchall()
        if not found:
            ((row["published"],),) = warehouse.execute(
                "select 'no model. ' || reason from ml.target_fits "
                "where target = 'will_purchase' and algorithm = 'none'"
            ).fetchall()
            return row
        ((customers, algorithm, auc, low, high, error, mean, least, most, basis),) = found
        row |= {
            "customers": f"{customers:,}",
            "published": algorithm,
            "AUC (95 % interval)": "" if auc is None else f"{auc:.3f} ({low:.3f} to {high:.3f})",
            "calibration error": "" if error is None else f"{error:.3f}",
            "mean probability": f"{mean:.3f}",
            "seen so far": "" if least is None else f"{least:.3f} to {most:.3f}",
            "expected by": basis or "",
        }
        if company.course:
            day = company.variables["as_of_date"]
            share = true_share(warehouse, folder / "landing", day)
            row |= {"true share": f"{share:.3f}", "gap": mean - share}
            row["off by"] = f"{mean - share:+.3f}"
    return row


def write_table(rows: Sequence[dict[str, Any]]) -> str:
    """Write what was found of all companies.

    Parameters
    ----------
    rows : sequence of dict
        As `evaluate` gives them.

    Returns
    -------
    str
        A table in Markdown, and how often the level was right.
    """
    lines = [COLUMNS, ["---"] * len(COLUMNS), *([row[name] for name in COLUMNS] for row in rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    gaps = [abs(row["gap"]) for row in rows if row["gap"] is not None]
    close = sum(gap <= CLOSE for gap in gaps)
    return (
        f"{table}\n\nMean probability within {CLOSE} of the true share: {close} of {len(gaps)} "
        "simulated companies with a model."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the companies one by one, and print the table.

    Parameters
    ----------
    arguments : sequence of str, optional
        Beginnings of names, and options.

    Returns
    -------
    int
        0; 1 where a build failed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of names; all companies without any")
    parser.add_argument("--personas", action="store_true", help="personas of simulated ones too")
    given = parser.parse_args(arguments)
    chosen = [
        company
        for company in companies_at_hand(given.personas)
        if not given.names or company.name.startswith(tuple(given.names))
    ]
    if not chosen:
        parser.error(f"no company begins with {' or '.join(given.names)}")
    rows, failed = [], 0
    with tempfile.TemporaryDirectory() as shared:
        for company in chosen:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    rows.append(evaluate(company, Path(folder), Path(shared)))
                except RuntimeError as error:
                    print(error, file=sys.stderr)
                    failed += 1
                    continue
                print(" | ".join(filter(None, map(str, rows[-1].values()))), file=sys.stderr)
    print(write_table(rows))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
