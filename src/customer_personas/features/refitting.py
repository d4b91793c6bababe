"""When what was learnt is learnt again, for personas and targets alike."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Policy:
    """What is a cause to learn again: the vars of the same names.

    Parameters
    ----------
    refit : str
        ``auto``, ``always``, or ``never`` as long as what was learnt can score.
    refit_after_days, drift_recheck_days : int
        Days after which age is a cause, and from which on drift is one.
    drift_psi : float
        Population stability index above which a feature has drifted.
    drift_missing : float
        Change of its share of missing values above which it has.
    """

    refit: str
    refit_after_days: int
    drift_recheck_days: int
    drift_psi: float
    drift_missing: float


def write_settings(settings: Mapping[str, Any]) -> str:
    """Write down what something was learnt with: another text is a cause to learn it again.

    Parameters
    ----------
    settings : mapping
        Settings by name.

    Returns
    -------
    str
        The same for the same settings.
    """
    return json.dumps(settings, sort_keys=True)
