"""All customers of the date that judges, read in batches: as many as there are, not a sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import numpy as np

from customer_personas.features.encoding import Encoding
from customer_personas.features.inputs import Input
from customer_personas.prediction.data.classes import positions
from customer_personas.prediction.data.rows import join_labels, read_labels
from customer_personas.prediction.model_parts.interface import FittedModel
from customer_personas.sql import query

BATCH_ROWS = 20_000


@dataclass(frozen=True)
class Cohort:
    """Customers of one date, each once, with their labels.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        Their features, with ``customer_id`` and ``label_of_target``, null where there is none.
    """

    features: duckdb.DuckDBPyRelation

    @classmethod
    def of_day(
        cls,
        features: duckdb.DuckDBPyRelation,
        labels: duckdb.DuckDBPyRelation,
        target: str,
        day: date,
    ) -> "Cohort":
        """Take everybody whose features of a date are known.

        Parameters
        ----------
        features : duckdb.DuckDBPyRelation
            One row per customer and observation date.
        labels : duckdb.DuckDBPyRelation
            The labels of all targets.
        target : str
            Name of the target.
        day : datetime.date
            The date.

        Returns
        -------
        Cohort
            The customers.
        """
        then = features.filter(f"observation_date = date '{day}'")
        return cls(join_labels(then, read_labels(labels, target), "left"))

    def customers(self) -> list[str]:
        """List those who have a label.

        Returns
        -------
        list of str
            In the order of the rows that are judged.
        """
        labelled = self.features.filter("label_of_target is not null").project("customer_id")
        return [customer for (customer,) in labelled.order("customer_id").fetchall()]

    def score(
        self, models: Mapping[str, FittedModel], classes: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """Score everybody by several models in one pass; only scores and labels stay in memory.

        Parameters
        ----------
        models : mapping
            Models by name.
        classes : sequence of str
            Names of the classes.

        Returns
        -------
        labelled : numpy.ndarray of shape (customers,)
            Mask of those with a label.
        y : numpy.ndarray of shape (customers,)
            Positions of their classes, -1 for none.
        scores : dict of numpy.ndarray of shape (customers, classes)
            Scores by name of the model.
        """
        # models share most of their inputs: each is read once, whatever the model calls it
        places: dict[Input, int] = {}
        columns = {
            name: [
                places.setdefault(replace(each, name=""), len(places))
                for each in model.encoding.inputs
            ]
            for name, model in models.items()
        }
        read = Encoding(tuple(replace(each, name=f"input_{n}") for each, n in places.items()))
        sql = read.select_sql("cohort", ["customer_id", "label_of_target"])
        labels: list[np.ndarray] = [np.zeros(0, dtype=object)]
        found: dict[str, list[np.ndarray]] = {
            name: [np.zeros((0, len(classes)))] for name in models
        }
        ordered = query(self.features, "cohort", f"{sql}\norder by customer_id")
        for batch in ordered.to_arrow_reader(BATCH_ROWS):
            labels.append(batch.column(1).to_numpy(zero_copy_only=False))
            X = np.empty((len(batch), len(places)))
            for place in range(len(places)):
                X[:, place] = batch.column(2 + place).to_numpy(zero_copy_only=False)
            for name, model in models.items():
                found[name].append(model.scores(X[:, columns[name]]))
        all_labels = np.concatenate(labels)
        labelled = np.array([label is not None for label in all_labels], dtype=bool)
        y = np.full(len(labelled), -1)
        y[labelled] = positions(all_labels[labelled], classes)
        return labelled, y, {name: np.concatenate(parts) for name, parts in found.items()}
