"""What linear models share: their terms, their SQL and what each input contributes."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from customer_personas.prediction.model_parts.estimator_model import EstimatorModel
from customer_personas.prediction.model_parts.sql import products, select_scores, sum_of
from customer_personas.sql import number


@dataclass(frozen=True)
class Terms:
    """A linear model in terms of its inputs as they are.

    Parameters
    ----------
    weights : numpy.ndarray of shape (classes, inputs)
        The weights.
    intercepts : numpy.ndarray of shape (classes,)
        The intercepts.
    means : numpy.ndarray of shape (inputs,)
        Mean of each input among the training rows.
    """

    weights: np.ndarray
    intercepts: np.ndarray
    means: np.ndarray


@dataclass(frozen=True)
class LinearModel(EstimatorModel):
    """A model whose scores are weighted sums of its inputs."""

    is_explained = True

    @abstractmethod
    def terms(self) -> Terms:
        """Give the weights for inputs that are not standardised.

        Returns
        -------
        Terms
            The model has seen every class.
        """

    def scores_sql(self) -> str:
        """Write the weighted sums as SQL.

        Returns
        -------
        str
            The common table expression ``scores``.
        """
        terms = self.terms()
        return select_scores(
            [
                sum_of([number(intercept), *products(weights, self.encoding.names)])
                for weights, intercept in zip(terms.weights, terms.intercepts, strict=True)
            ]
        )

    def contributions(self, X: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """Weigh the distance of each input from its mean.

        Parameters
        ----------
        X : numpy.ndarray of shape (rows, inputs)
            The inputs.
        predicted : numpy.ndarray of shape (rows,)
            Position of the class of each row.

        Returns
        -------
        numpy.ndarray of shape (rows, inputs)
            Their sum is the score of the class less that of the mean customer, both beyond the mean
            over the classes.
        """
        terms = self.terms()
        weights = terms.weights - terms.weights.mean(axis=0)
        return weights[predicted] * (X - terms.means)


@dataclass(frozen=True)
class StandardisedLinearModel(LinearModel):
    """A pipeline of scikit-learn: inputs standardised, then a linear model."""

    def terms(self) -> Terms:
        """Give the weights for inputs that are not standardised.

        Returns
        -------
        Terms
            Of two classes the first has zeros.
        """
        scaler, model = self.fitted
        weights = model.coef_ / scaler.scale_
        intercepts = model.intercept_ - weights @ scaler.mean_
        if self.class_count == 2:
            weights = np.vstack([np.zeros_like(weights), weights])
            intercepts = np.append(0.0, intercepts)
        return Terms(weights, intercepts, scaler.mean_)
