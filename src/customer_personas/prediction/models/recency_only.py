"""The baseline that knows how long ago the last order was."""

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.interface import Target
from customer_personas.prediction.models.plain_regression import PlainRegression

FEATURE = "recency_days"


class RecencyOnly(PlainRegression):
    """A logistic regression on `FEATURE`, of two classes that look ahead."""

    name = "recency_only"
    features = (FEATURE,)

    def suits(self, target: Target, encoding: Encoding) -> bool:
        """Say whether there is a recency; see `Algorithm.suits`."""
        is_known = FEATURE in encoding.features
        return target.kind == "future" and target.class_count == 2 and is_known
