"""Made-up customers in groups that overlap by a known Bayes error, and in none at all."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

# Points that the Bayes error is measured on.
MEASURED = 4_000


@dataclass(frozen=True)
class Kind:
    """A kind of groups.

    Parameters
    ----------
    fewest, most : int
        Number of groups.
    smallest : float, optional
        Share of one of them; the others are alike.
    tails : int, optional
        Degrees of freedom of a t distribution; normal without any.
    stretch : float
        How many times as long as wide groups are, at most.
    spread : float
        Standard deviations of groups differ by this factor and its inverse, at most.
    noise : int
        Columns that have nothing to do with the groups.
    """

    fewest: int = 3
    most: int = 6
    smallest: float | None = None
    tails: int | None = None
    stretch: float = 1.0
    spread: float = 1.2
    noise: int = 0


KINDS = {
    "two": Kind(2, 2),
    "three to six": Kind(),
    "eight": Kind(8, 8),
    "twelve": Kind(12, 12),
    "one of 3 %": Kind(4, 4, smallest=0.03),
    "heavy tails": Kind(tails=4),
    "elongated": Kind(stretch=3.0),
    "unequal variances": Kind(spread=2.0),
    "20 noise columns": Kind(noise=20),
}


@dataclass(frozen=True)
class Groups:
    """Groups of which the densities are known: shares, centres, forms and tails."""

    shares: np.ndarray
    centers: np.ndarray
    forms: list[np.ndarray]
    tails: int | None

    def draw(self, count: int, scale: float, rng: np.random.Generator):
        """Draw customers; the centres lie `scale` times as far apart."""
        group = np.sort(rng.choice(len(self.shares), count, p=self.shares))
        points = rng.normal(size=(count, self.centers.shape[1]))
        if self.tails:
            points /= np.sqrt(rng.chisquare(self.tails, (count, 1)) / self.tails)
        points = np.einsum("nij,nj->ni", np.array(self.forms)[group], points)
        return points + scale * self.centers[group], group

    def measure_error(self, scale: float) -> float:
        """Measure the Bayes error: the share whom the densities themselves put elsewhere."""
        points, group = self.draw(MEASURED, scale, np.random.default_rng(0))
        logs = [
            np.log(share) + self._density(scale * center, form @ form.T).logpdf(points)
            for share, center, form in zip(self.shares, self.centers, self.forms, strict=True)
        ]
        return float((np.argmax(logs, axis=0) != group).mean())

    def find_scale(self, error: float) -> float:
        """Find how far apart centres have to be for a Bayes error."""
        low, high = 0.1, 40.0
        for _ in range(16):
            middle = np.sqrt(low * high)
            low, high = (middle, high) if self.measure_error(middle) > error else (low, middle)
        return high

    def _density(self, center: np.ndarray, shape: np.ndarray):
        if self.tails:
            return stats.multivariate_t(center, shape, self.tails)
        return stats.multivariate_normal(center, shape)


def draw_groups(kind: Kind, error: float, rng: np.random.Generator):
    """Draw a company of 200 to 5,000 customers.

    Parameters
    ----------
    kind : Kind
        The kind of its groups.
    error : float
        Their Bayes error.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    points : numpy.ndarray
        Shape (n, d).
    group : numpy.ndarray
        Shape (n,): the group of each customer.
    """
    count, width = int(np.exp(rng.uniform(np.log(200), np.log(5_000)))), int(rng.integers(2, 9))
    groups = _make_groups(kind, int(rng.integers(kind.fewest, kind.most + 1)), width, rng)
    points, group = groups.draw(count, groups.find_scale(error), rng)
    noise = rng.normal(size=(count, kind.noise)) * points.std()
    order = rng.permutation(count)
    return np.hstack([points, noise])[order], group[order]


def _make_groups(kind: Kind, count: int, width: int, rng: np.random.Generator) -> Groups:
    shares = np.maximum(rng.dirichlet(np.full(count, 8.0)), 0.08)
    if kind.smallest:
        shares = np.r_[np.full(count - 1, (1 - kind.smallest) / (count - 1)), kind.smallest]
    forms = []
    for _ in range(count):
        turned, _ = np.linalg.qr(rng.normal(size=(width, width)))
        lengths = np.r_[rng.uniform(1, kind.stretch), np.ones(width - 1)]
        forms.append(turned * lengths * kind.spread ** rng.uniform(-1, 1))
    # the best spread of some: groups that lie on each other have no error that could be met
    tries = [rng.normal(size=(count, width)) for _ in range(100)]
    return Groups(shares / shares.sum(), max(tries, key=_find_nearest), forms, kind.tails)


def _find_nearest(centers: np.ndarray) -> float:
    distances = np.linalg.norm(centers[:, None] - centers, axis=2)
    return float((distances + 99 * np.eye(len(centers))).min() / centers.std())


def draw_zeros(count: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Amounts of which many are zero, the more the less somebody buys."""
    factor = np.outer(rng.normal(size=count), rng.uniform(0, 1.2, width))
    amounts = np.exp(1 + 0.5 * factor + 0.5 * rng.normal(size=(count, width)))
    return np.where(factor + rng.normal(size=(count, width)) < rng.uniform(-0.6, 0.6), 0, amounts)


# No groups at all.
CONTINUA = {
    "independent": lambda n, w, rng: rng.normal(size=(n, w)),
    "flat": lambda n, w, rng: rng.random((n, w)),
    "one long": lambda n, w, rng: (
        rng.normal(size=(n, w))
        * np.r_[rng.uniform(2, 4), np.ones(w - 1)]
        @ np.linalg.qr(rng.normal(size=(w, w)))[0]
    ),
    "whole numbers": lambda n, w, rng: np.rint(
        rng.uniform(0.7, 2) * (np.outer(rng.normal(size=n), rng.uniform(-1, 1, w)))
        + rng.normal(size=(n, w))
    ),
    "one to five": lambda n, w, rng: np.clip(
        np.rint(3 + np.outer(rng.normal(size=n), rng.uniform(-1, 1, w)) + rng.normal(size=(n, w))),
        *(1, 5),
    ),
    "zeros": draw_zeros,
    "factor and noise": lambda n, w, rng: np.hstack(
        [
            np.outer(rng.normal(size=n), rng.normal(size=w)) + 0.4 * rng.normal(size=(n, w)),
            rng.normal(size=(n, 20)),
        ]
    ),
}
