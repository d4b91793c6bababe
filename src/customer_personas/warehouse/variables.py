"""Names of dbt variables: one that nobody reads is a slip, and a build would run without it."""

from collections.abc import Collection
from difflib import get_close_matches


def describe_unknown(given: Collection[str], known: Collection[str]) -> str | None:
    """Say which variables are given that the project does not know.

    Parameters
    ----------
    given : collection of str
        Names given with ``--vars``.
    known : collection of str
        Names in ``dbt_project.yml``.

    Returns
    -------
    str or None
        What to do about the first of them; None where all are known.
    """
    for name in sorted(set(given) - set(known)):
        like = get_close_matches(name, sorted(known), n=1)
        meant = f" Did you mean {like[0]}?" if like else ""
        return (
            f"There is no var {name}.{meant} Vars are listed in dbt_project.yml; one of your own "
            "has to stand there, too."
        )
    return None
