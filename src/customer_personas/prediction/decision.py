"""Which model of a target is the champion, and whether it is published."""

from collections.abc import Sequence
from dataclasses import dataclass

from customer_personas.prediction.evaluation.judgement import Judgement
from customer_personas.prediction.models import REGISTRY
from customer_personas.prediction.search import Candidate

# Candidates whose log losses are apart by fewer standard errors than this are as good as equal.
EQUAL_ERRORS = 0.5


@dataclass(frozen=True)
class Decision:
    """What was decided about the candidates of a target.

    Parameters
    ----------
    candidates : sequence of Candidate
        Baselines and the best of each algorithm.
    best_baseline : Candidate
        The baseline with the least log loss on the folds, of those that may be published.
    champion : Candidate or None
        What `choose_champion` gives; None where none could be tried.
    is_passed : bool
        Whether the champion beats every baseline on the test rows, beyond chance.
    gate : str
        The same in words.
    """

    candidates: Sequence[Candidate]
    best_baseline: Candidate
    champion: Candidate | None
    is_passed: bool
    gate: str

    @property
    def published(self) -> Candidate:
        """The candidate that scores customers."""
        return self.champion if self.champion and self.is_passed else self.best_baseline

    def is_shown(self, candidate: Candidate) -> bool:
        """Say whether a candidate is looked at more closely: the champion and what is published.

        Parameters
        ----------
        candidate : Candidate
            One of the candidates.

        Returns
        -------
        bool
            Whether it is one of the two.
        """
        return candidate is self.champion or candidate is self.published

    def explain(self, candidate: Candidate, notes: Sequence[str]) -> str:
        """Say why a candidate was chosen or not.

        Parameters
        ----------
        candidate : Candidate
            One of the candidates.
        notes : sequence of str
            What else is to be said.

        Returns
        -------
        str
            The reason in words.
        """
        gate = self.gate if self.is_shown(candidate) else ""
        return " ".join(filter(None, [self._rank(candidate), gate, *notes]))

    def _rank(self, candidate: Candidate) -> str:
        if candidate.left_behind:
            return f"Left behind: {candidate.left_behind}."
        said = f"log loss {candidate.loss:.4f} on the folds"
        if candidate.algorithm.is_baseline:
            is_best = candidate is self.best_baseline
            return f"{'The best baseline' if is_best else 'A baseline'}: {said}."
        equal = f"within {EQUAL_ERRORS} standard errors"
        if self.champion and candidate is not self.champion:
            best = self.champion
            against = f"{best.loss:.4f} of {best.algorithm.name}"
            if candidate.loss < best.loss:
                return f"Not chosen: {said}, {equal} of {against}, which gains more from more rows."
            return f"Not chosen: {said}, against {against}."
        others = [each for each in _finalists(self.candidates) if each is not candidate]
        if not others:
            return f"Chosen: {said}."
        best = min(others, key=lambda each: each.loss)
        if best.loss < candidate.loss:
            against = f"{equal} of {best.loss:.4f} of {best.algorithm.name}"
            return f"Chosen: {said}, {against}, and it gains more from more rows."
        return f"Chosen: {said}, the next one {best.loss:.4f}."


def advantage_in_words(value: float, low: float, high: float) -> str:
    """Say how much better or worse a log loss is than another.

    The macro reason_without_figures takes the figures out where they would tell of few customers.

    Parameters
    ----------
    value, low, high : float
        Advantage, and its 95 % interval.

    Returns
    -------
    str
        Which way it is, by how much and how sure that is.
    """
    way = "better" if value > 0 else "worse"
    return f"{way} by {abs(value):.4f} (95 % interval of the advantage {low:.4f} to {high:.4f})"


def choose_champion(candidates: Sequence[Candidate]) -> tuple[Candidate, Candidate | None]:
    """Choose by what candidates were worth on the folds.

    Of those that are as good as the best one, within half a standard error, the one is taken that
    gains the most from more rows: the published model learns from more than any fold does.

    Parameters
    ----------
    candidates : sequence of Candidate
        At least one baseline.

    Returns
    -------
    best_baseline : Candidate
        The best baseline.
    champion : Candidate or None
        The algorithm chosen; None where none could be tried.
    """
    baselines = [
        each
        for each in candidates
        if each.algorithm.is_baseline and not each.algorithm.is_shown_only
    ]
    best_baseline = min(baselines, key=lambda each: each.loss)
    finalists = _finalists(candidates)
    if not finalists:
        return best_baseline, None
    best = min(finalists, key=lambda each: each.loss)
    as_good = [each for each in finalists if _is_as_good(each, best)]
    order = list(REGISTRY)
    return best_baseline, max(as_good, key=lambda each: order.index(each.algorithm.name))


def _is_as_good(candidate: Candidate, best: Candidate) -> bool:
    behind, error = candidate.behind(best)
    return candidate.loss <= best.loss or behind <= EQUAL_ERRORS * error


def _finalists(candidates: Sequence[Candidate]) -> list[Candidate]:
    """List the algorithms that were tried on all folds."""
    return [each for each in candidates if not (each.algorithm.is_baseline or each.left_behind)]


def decide(candidates: Sequence[Candidate], test: dict[str, Judgement]) -> Decision:
    """Choose the champion, and publish it if it earns its place.

    Parameters
    ----------
    candidates : sequence of Candidate
        Baselines and the best of each algorithm.
    test : dict
        Judgement on the test rows by algorithm.

    Returns
    -------
    Decision
        What was decided. The champion is published where the interval of its advantage in log loss
        lies above zero, over whichever baseline is hardest to beat there: the best one on the folds
        may be worse than knowing nothing.
    """
    best_baseline, champion = choose_champion(candidates)
    if champion is None:
        gate = "No feature tells the classes apart better than chance."
        return Decision(candidates, best_baseline, None, False, gate)
    judged = test[champion.algorithm.name]
    advantages = [
        (*advantage, each.algorithm.name)
        for each in candidates
        if each.algorithm.is_baseline
        and not each.algorithm.is_shown_only
        and (advantage := judged.advantage("log_loss", test[each.algorithm.name]))
    ]
    published = best_baseline.algorithm.name
    if not advantages:
        gate = f"Not judged: no test rows. The baseline {published} is published."
        return Decision(candidates, best_baseline, champion, False, gate)
    value, low, high, name = min(advantages, key=lambda each: each[1])
    gain = f"log loss {advantage_in_words(value, low, high)}"
    if low > 0:
        gate = f"Passed the gate: on the test rows its {gain} than that of {name}."
    else:
        gate = (
            f"Refused by the gate: on the test rows the champion's {gain} than that of {name}; "
            f"the baseline {published} is published instead."
        )
    return Decision(candidates, best_baseline, champion, low > 0, gate)
