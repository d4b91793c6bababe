"""The baseline that knows how much a customer was sent, and how often they answered."""

from customer_personas.features.encoding import Encoding
from customer_personas.prediction.model_parts.interface import Target
from customer_personas.prediction.models.plain_regression import PlainRegression

ANSWERED, SENT = "contacts_answered", "contacts_sent"


class RespondedBefore(PlainRegression):
    """A logistic regression on earlier contacts and answers, of targets of kind response."""

    name = "responded_before"
    features = (ANSWERED, SENT)

    def suits(self, target: Target, encoding: Encoding) -> bool:
        """Say whether anybody answered before; see `Algorithm.suits`."""
        return target.kind == "response" and ANSWERED in encoding.features
