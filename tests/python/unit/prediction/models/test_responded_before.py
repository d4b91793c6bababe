"""The baseline of answers looks at earlier contacts and answers alone."""

import duckdb
import numpy as np
import pyarrow as pa
from small_targets import assert_sql_agrees, catalog, learn

from customer_personas.features.encoding import fit_encoding
from customer_personas.prediction.model_parts.interface import Target
from customer_personas.prediction.models.responded_before import RespondedBefore

CLASSES = ["no", "yes"]


def contacted(customer_count=3000, kind="response"):
    """People of whom some answer twice as often as others, whatever they bought."""
    rng = np.random.default_rng(4)
    sent = rng.integers(0, 9, customer_count)
    keen = rng.choice([0.1, 0.4], customer_count)
    table = pa.table(
        {
            "customer_id": [f"{number:05}" for number in range(customer_count)],
            "observation_date": pa.array([0] * customer_count, pa.date32()),
            "contacts_sent": sent,
            "contacts_answered": rng.binomial(sent, keen),
            "recency_days": rng.integers(1, 99, customer_count),
        }
    )
    connection = duckdb.connect()
    relation = connection.from_arrow(table)
    encoding = fit_encoding(relation, catalog(connection, table))
    y = (rng.random(customer_count) < keen).astype(int)
    return Target("response:letter", kind, CLASSES, [], 90, 7), encoding, relation, y


def test_who_answered_more_of_what_they_were_sent_is_likelier_to_answer():
    drawn = contacted()
    model = learn(RespondedBefore(), drawn, {})
    assert model.encoding.features == ["contacts_answered", "contacts_sent"]
    X, _ = model.encoding.matrix(drawn[2], ["observation_date", "customer_id"])
    answered, sent = X.T
    score = model.scores(X)[:, 1]
    of_four, two = sent == 4, answered == 2
    assert np.corrcoef(answered[of_four], score[of_four])[0, 1] > 0.99
    assert np.corrcoef(sent[two], score[two])[0, 1] < -0.99
    assert_sql_agrees(model, CLASSES, drawn[2])


def test_it_suits_answers_to_campaigns_where_there_were_any():
    target, encoding, *_ = contacted(200)
    baseline = RespondedBefore()
    assert baseline.suits(target, encoding)
    assert not baseline.suits(target, encoding.keep(["recency_days"]))
    future, *_ = contacted(200, kind="future")
    assert not baseline.suits(future, encoding)
