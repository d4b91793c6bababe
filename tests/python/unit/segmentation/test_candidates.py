"""Each candidate has an id and metrics of its own."""

import numpy as np
import yaml
from conftest import ROOT

from customer_personas.features.encoding import Encoding
from customer_personas.segmentation.candidates import METRICS, SCHEMA, Candidate
from customer_personas.segmentation.clusterings import Clustering
from customer_personas.segmentation.space import Space

NOWHERE = Space("everything", Encoding(()), "true", np.zeros(0), np.zeros(0))


def candidate(algorithm="kmeans", **settings):
    clusters = Clustering(algorithm, np.zeros((3, 0)))
    return Candidate("challenger", NOWHERE, clusters, 3, **settings)


def test_a_variant_has_an_id_of_its_own():
    assert candidate().model_id == "challenger:everything:kmeans_k3"
    assert candidate("hdbscan").model_id == "challenger:everything:hdbscan"
    assert candidate(variant="_without_lost").model_id != candidate().model_id


def test_a_row_has_what_was_measured_and_no_empty_reason():
    row = candidate(metrics={"silhouette": 0.5, "inertia": 2.0}).to_row(100)
    assert list(row) == SCHEMA.names
    assert row["metrics"] == [("inertia", 2.0), ("silhouette", 0.5)]
    # not_null tells of a reason that was forgotten
    assert row["reason"] is None
    assert row["is_continuum"] is None


def test_the_mart_has_a_column_for_every_metric():
    path = ROOT / "models" / "marts" / "personas" / "_personas__models.yml"
    (mart,) = [
        model
        for model in yaml.safe_load(path.read_text())["models"]
        if model["name"] == "segmentation_candidates"
    ]
    columns = [column["name"] for column in mart["columns"]]
    assert columns[columns.index("inertia") :][: len(METRICS)] == list(METRICS)
