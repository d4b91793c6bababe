"""SQL that models have in common, over a relation ``features`` with one row per customer."""

from collections.abc import Sequence

import numpy as np

from customer_personas.prediction.model_parts.interface import FittedModel
from customer_personas.sql import identifier, indent, literal, number


def probabilities_sql(
    model: FittedModel,
    classes: Sequence[str],
    inverse_temperature: float,
    prior_shift: np.ndarray,
) -> str | None:
    """Write a model with its calibration as SQL.

    Parameters
    ----------
    model : FittedModel
        The model; it has seen every class.
    classes : sequence of str
        Names of the classes.
    inverse_temperature : float
        Factor on the scores.
    prior_shift : numpy.ndarray of shape (classes,)
        Offsets of the scaled scores.

    Returns
    -------
    str or None
        A SELECT of ``customer_id``, ``class`` and ``probability``, one row per customer and class;
        None where the model is scored by its estimator.
    """
    scores = model.scores_sql()
    if scores is None:
        return None
    places = range(len(classes))
    scaled = [
        f"{number(inverse_temperature)} * score_{place} + {number(offset)} as level_{place}"
        for place, offset in enumerate(prior_shift)
    ]
    levels = ", ".join(f"level_{place}" for place in places)
    # The highest is taken off first, so that no exponential overflows.
    exponentials = [f"exp(level_{place} - highest) as exponential_{place}" for place in places]
    total = " + ".join(f"exponential_{place}" for place in places)
    named = [f"exponential_{place} as {literal(name)}" for place, name in enumerate(classes)]
    return f"""with inputs as (
{indent(model.encoding.keep(model.used_inputs()).select_sql("features", ["customer_id"]))}
),

{scores},

levels as (
    select
        customer_id,
        {lines(scaled)}
    from scores
),

exponentials as (
    select
        customer_id,
        {lines(exponentials)}
    from (select *, greatest({levels}) as highest from levels)
),

totals as (
    select *, {total} as total
    from exponentials
)

select customer_id, class, exponential / total as probability
from totals
unpivot (exponential for class in (
    {lines(named, 4)}
))"""


def select_scores(expressions: Sequence[str], relation: str = "inputs") -> str:
    """Write the common table expression ``scores``.

    Parameters
    ----------
    expressions : sequence of str
        The score of each class.
    relation : str
        Where the expressions find their columns.

    Returns
    -------
    str
        The expression, with its name.
    """
    columns = [f"{each} as score_{place}" for place, each in enumerate(expressions)]
    return f"""scores as (
    select
        customer_id,
        {lines(columns)}
    from {relation}
)"""


def shifted_sql(sql: str, classes: Sequence[str], prior_shift: np.ndarray) -> str:
    """Correct the prior shift of probabilities that a query gives.

    Parameters
    ----------
    sql : str
        What `probabilities_sql` gave.
    classes : sequence of str
        Names of the classes.
    prior_shift : numpy.ndarray of shape (classes,)
        Further offsets.

    Returns
    -------
    str
        A query of the same columns.
    """
    factors = lines(
        [
            f"when {literal(name)} then {number(factor)}"
            for name, factor in zip(classes, np.exp(prior_shift), strict=True)
        ],
        12,
    ).replace(",\n", "\n")
    # summed in the order of classes: sums of the same numbers in another order are others
    return f"""select
    customer_id,
    class,
    weighted / sum(weighted) over (
        partition by customer_id order by class
        rows between unbounded preceding and unbounded following
    ) as probability
from (
    select
        customer_id,
        class,
        probability * case class
            {factors}
        end as weighted
    from (
{indent(indent(sql))}
    )
)"""


def products(weights: np.ndarray, names: Sequence[str]) -> list[str]:
    """Write weights times inputs, without those that are zero.

    Parameters
    ----------
    weights : numpy.ndarray of shape (inputs,)
        The weights.
    names : sequence of str
        Names of the inputs.

    Returns
    -------
    list of str
        One product each.
    """
    return [
        f"{number(weight)} * {identifier(name)}"
        for weight, name in zip(weights, names, strict=True)
        if weight != 0
    ]


def sum_of(terms: Sequence[str]) -> str:
    """Write a sum, negative terms in parentheses.

    Parameters
    ----------
    terms : sequence of str
        Expressions.

    Returns
    -------
    str
        Their sum.
    """
    return " + ".join(f"({term})" if term.startswith("-") else term for term in terms)


def lines(expressions: Sequence[str], spaces: int = 8) -> str:
    """Put expressions on lines of their own.

    Parameters
    ----------
    expressions : sequence of str
        The expressions.
    spaces : int
        How far they are indented.

    Returns
    -------
    str
        The list.
    """
    return (",\n" + " " * spaces).join(expressions)
