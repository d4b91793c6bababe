"""Customers scored for all targets, and told why, in one pass of batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from customer_personas.features.encoding import Encoding
from customer_personas.features.steps import write_step
from customer_personas.prediction.calibrated_model import CalibratedModel
from customer_personas.prediction.data.rows import part_sql
from customer_personas.prediction.data.splits import PARTS
from customer_personas.sql import identifier, indent, literal

BATCH_ROWS = 10_000
# So many features are named as the reasons of a prediction.
REASONS = 3

_REASONS = pa.list_(pa.struct([("feature_name", pa.string()), ("contribution", pa.float64())]))
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("target", pa.string()),
        ("model_id", pa.string()),
        ("class", pa.string()),
        ("probability", pa.float64()),
        ("is_in_training", pa.bool_()),
        ("reasons", _REASONS),
    ]
)


def score_customers(
    connection: duckdb.DuckDBPyConnection,
    features: str,
    fits: Sequence[dict[str, Any]],
    labels: str | None = None,
    seed: int = 0,
    batch_rows: int = BATCH_ROWS,
    unpublished: Sequence[str] = (),
) -> pa.RecordBatchReader:
    """Score customers for all targets.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A connection that nothing else uses while the batches are read.
    features : str
        Query of the features, one row per customer.
    fits : sequence of dict
        Rows of the table of fits: those of the published models, and of those that explain them.
    labels : str, optional
        Query of the labels of the date that is scored, with target and customer_id: declared ones,
        of which models have learnt.
    seed : int
        Seed by which labelled customers were dealt into parts where a fit does not name its own.
    batch_rows : int
        Customers held in memory at a time.
    unpublished : sequence of str
        Numeric features of which no customer's own value is told: scores know their steps only
        (`features.steps`).

    Returns
    -------
    pyarrow.RecordBatchReader
        customer_id, target, model_id, class, probability (those of a customer and target add up to
        1), is_in_training (the customer's label is among those learnt from; where there is a model
        that has not seen it, the probability is of that one) and, in the row of the likeliest
        class, the features that speak most for it, each with what it adds to the score.
    """
    by_id = {row["model_id"]: row for row in fits}
    published = [row for row in fits if row["is_published"]]

    def batches() -> Iterator[pa.RecordBatch]:
        for row in published:
            explained_by = by_id.get(row["explained_by"])
            explainer = CalibratedModel.restore(explained_by) if explained_by else None
            for model, customers, is_in_training in _deal(connection, row, features, labels, seed):
                restored = None if model["scoring_sql"] else CalibratedModel.restore(model)
                scorer = _Scorer(model, restored, explainer, is_in_training, tuple(unpublished))
                for batch in _read(connection, scorer.query(customers), batch_rows):
                    yield scorer.score(batch)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())


def _deal(
    connection: duckdb.DuckDBPyConnection,
    row: dict[str, Any],
    features: str,
    labels: str | None,
    seed: int,
) -> Iterator[tuple[dict[str, Any], str, bool]]:
    """Say which model scores which customers, and whether their labels were learnt from."""
    labelled = f"select customer_id from ({labels}) where target = {literal(row['target'])}"
    if labels is None or not connection.sql(f"{labelled} limit 1").fetchall():
        yield row, features, False
        return
    dealt_by = {each["name"]: int(each["value"]) for each in row["hyper_parameters"]}
    part_of_all = part_sql(dealt_by.get("deal_seed", seed))
    part = f"case when customer_id in ({labelled}) then {part_of_all} end"
    yield row, f"select * from ({features}) where ({part}) is null", False
    held_out = {each["part"]: each for each in row["held_out_models"] or []}
    for number in range(PARTS):
        model = row | held_out.get(number, {})
        yield model, f"select * from ({features}) where ({part}) = {number}", True


def _read(
    connection: duckdb.DuckDBPyConnection, query: str, batch_rows: int
) -> Iterator[pa.RecordBatch]:
    yield from connection.sql(query).to_arrow_reader(batch_rows)


@dataclass(frozen=True)
class _Scorer:
    """A published model: scored by its SQL or its estimator, explained by itself or another."""

    row: dict[str, Any]
    estimator: CalibratedModel | None
    explainer: CalibratedModel | None
    is_in_training: bool = False
    unpublished: tuple[str, ...] = ()

    def coarse(self) -> list[str]:
        """List the features that are known in steps only."""
        used = {each["feature"] for each in self.row["inputs"] or []}
        used.update(self.explainer.model.encoding.features if self.explainer else ())
        return [name for name in self.unpublished if name in used]

    def inputs(self) -> Encoding:
        """Give the inputs that the model reads; those of its reasons where SQL scores."""
        read_by = self.estimator or self.explainer
        return read_by.model.encoding if read_by else Encoding(())

    def told(self) -> Encoding:
        """Give the inputs that reasons read for themselves, none where these are the model's."""
        if self.estimator is None or self.explainer is None:
            return Encoding(())
        own = self.explainer.model.encoding
        return own if own.inputs != self.inputs().inputs else Encoding(())

    def query(self, features: str) -> str:
        """Write what is read: customer_id, the inputs and, from SQL, probabilities by class."""
        steps = ", ".join(f"{write_step(name)} as {identifier(name)}" for name in self.coarse())
        # once: an expression within another would be planned again each time it is named
        coarse_features = f"""features as materialized (
    select * replace ({steps}) from own_features
),

"""
        # always in the same order: a sum of the same numbers differs with the place in a batch
        query = f"""with {"own_features" if steps else "features"} as (
{indent(features)}
),

{coarse_features if steps else ""}\

inputs as (
{indent(self.inputs().select_sql("features", ["customer_id"]))}
)"""
        if self.told().inputs:
            return f"""{query},

told as (
{indent(self.told().select_sql("features", ["customer_id"]))}
)

-- all are in both; for an inner join of so many expressions the engine plans for seconds
select inputs.*, told.* exclude (customer_id)
from inputs
left join told on inputs.customer_id = told.customer_id
order by inputs.customer_id"""
        if self.estimator is not None:
            return f"{query}\n\nselect * from inputs order by customer_id"
        return f"""{query},

scored as (
    select customer_id, list(probability order by class) as probabilities
    from (
{indent(indent(self.row["scoring_sql"]))}
    )
    group by customer_id
)

select inputs.*, scored.probabilities
from inputs
inner join scored on inputs.customer_id = scored.customer_id
order by inputs.customer_id"""

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Turn a batch that was read into scores and reasons."""
        classes = self.row["classes"]
        width = len(self.inputs().inputs)
        X = _matrix(batch, 1, width)
        told = _matrix(batch, 1 + width, len(self.told().inputs)) if self.told().inputs else X
        if self.estimator is not None:
            probabilities = self.estimator.probabilities(X)
        else:
            probabilities = batch.columns[-1].flatten().to_numpy().reshape(-1, len(classes))
        predicted = probabilities.argmax(axis=1)
        count = probabilities.size
        if self.explainer is None:
            reasons = pa.nulls(count, _REASONS)
        else:
            likeliest = np.full(probabilities.shape, -1)
            likeliest[np.arange(len(batch)), predicted] = np.arange(len(batch))
            places = pa.array(likeliest.ravel(), mask=likeliest.ravel() < 0)
            reasons = explain(self.explainer, told, predicted).take(places)
        return pa.record_batch(
            [
                pa.array(np.repeat(batch.column(0).to_numpy(zero_copy_only=False), len(classes))),
                pa.array([self.row["target"]] * count, pa.string()),
                pa.array([self.row["model_id"]] * count, pa.string()),
                pa.array(classes * len(batch), pa.string()),
                pa.array(probabilities.ravel()),
                pa.array([self.is_in_training] * count, pa.bool_()),
                reasons,
            ],
            schema=SCHEMA,
        )


def _matrix(batch: pa.RecordBatch, first: int, width: int) -> np.ndarray:
    """Give columns of a batch as a matrix."""
    columns = batch.columns[first : first + width]
    return np.column_stack([np.empty((len(batch), 0)), *(each.to_numpy() for each in columns)])


def explain(fitted: CalibratedModel, X: np.ndarray, predicted: np.ndarray) -> pa.ListArray:
    """Name the features that speak most for a class.

    Parameters
    ----------
    fitted : CalibratedModel
        A model that is explained.
    X : numpy.ndarray of shape (rows, inputs)
        Its inputs.
    predicted : numpy.ndarray of shape (rows,)
        Position of the class of each row.

    Returns
    -------
    pyarrow.ListArray
        For each row ``feature_name`` and ``contribution`` of up to three features, the strongest
        first; of equals the first by name. Features that speak against the class are left out.
    """
    encoding = fitted.model.encoding
    features = sorted(encoding.features)
    by_input = fitted.model.contributions(X, predicted)
    belongs = np.array([[each.feature == name for name in features] for each in encoding.inputs])
    # rounded, so that what is equal but for the order of a sum ranks as equal
    added = np.round(by_input @ belongs, 9)
    strongest = np.argsort(-added, axis=1, kind="stable")[:, :REASONS]
    contributions = np.take_along_axis(added, strongest, axis=1)
    speaks_for = contributions > 0
    ends = np.cumsum(speaks_for.sum(axis=1))
    named = pa.array(np.array(features, dtype=object)[strongest[speaks_for]], pa.string())
    return pa.ListArray.from_arrays(
        pa.array(np.append(0, ends), pa.int32()),
        pa.StructArray.from_arrays(
            [named, pa.array(contributions[speaks_for])], fields=list(_REASONS.value_type)
        ),
    )


def reasons_sql(feature_names: Sequence[str]) -> str:
    """Write the query that lists the reasons with the customer's own values.

    Parameters
    ----------
    feature_names : sequence of str
        Features that occur in reasons.

    Returns
    -------
    str
        A SELECT over ``scores`` (what `score_customers` gives) and ``features``; gives customer_id,
        target, class, feature_name, feature_value (text) and contribution.
    """
    values = [
        f"when {literal(name)} then cast(features.{identifier(name)} as varchar)"
        for name in feature_names
    ]
    value = "\n        ".join(["case reasons.feature_name", *values, "end"])
    return f"""with reasons as (
    select customer_id, target, class, unnest(reasons, recursive := true)
    from scores
)

select
    reasons.customer_id,
    reasons.target,
    reasons.class,
    reasons.feature_name,
    {value if values else "cast(null as varchar)"} as feature_value,
    reasons.contribution
from reasons
inner join features on reasons.customer_id = features.customer_id"""
