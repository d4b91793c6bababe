"""Writes what outlives the warehouse: personas, their names and their members, in one step.

Its tables are defined by the migrations (``migrate.py``).
"""

import duckdb

# The rows that this build's rows take the place of.
_REPLACED = {
    "segmentation_champions": "champion_id in (select champion_id from ml.segmentation_champion)",
    "segmentation_candidates": "true",
    "persona_names": "persona_id in (select persona_id from ml.persona_names)",
    "persona_changes": "as_of_date = ?",
    "persona_builds": "as_of_date = ?",
    "quarantined_records": "true",
    "holdout_salts": "true",
    "audience_changes": "as_of_date = ?",
    "audience_sizes": "as_of_date = ?",
    "metric_history": "as_of_date = ?",
    "target_fits": "target in (select target from ml.target_fits where not is_kept)",
    "persona_evaluations": "model_id not in (select model_id from ml.target_fits where is_kept)",
    "prediction_outcomes": "true",
    # once judged, single customers' probabilities are needed no more
    "published_predictions": "as_of_date = ? or (target, as_of_date) not in "
    "(select target, as_of_date from ml.prediction_outcomes_known where judged_on is null)",
}


def keep(cursor: duckdb.DuckDBPyConnection, company: str, tables: dict[str, str]) -> bool:
    """Bring the state database up to date with this build, whole or not at all.

    A build for an earlier date than the newest one kept is a look back, and changes nothing.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        A cursor of the build's connection, outside any transaction, with the state attached.
    company : str
        The active source systems, which keep their histories apart.
    tables : dict
        For each table of the state the query that gives its rows of this build.

    Returns
    -------
    bool
        Whether the state was written.
    """
    ((newest,),) = cursor.execute(
        "select max(as_of_date) from state.history.persona_builds where source_systems = ?",
        [company],
    ).fetchall()
    ((today,),) = cursor.execute(
        f"select max(as_of_date) from ({tables['persona_builds']})"
    ).fetchall()
    if newest is not None and today < newest:
        return False
    cursor.execute("begin transaction")
    try:
        for table, query in tables.items():
            target = f"state.history.{table}"
            cursor.execute(
                f"delete from {target} where source_systems = ? and {_REPLACED[table]}",
                [company, *([today] if "?" in _REPLACED[table] else [])],
            )
            cursor.execute(
                f"insert into {target} by name select ? as source_systems, * from ({query})",
                [company],
            )
        cursor.execute("commit")
    except BaseException:
        cursor.execute("rollback")
        raise
    return True
