"""The companies that models are evaluated on: the demo, real ones at hand, simulated ones."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from customer_personas.simulate import simulate
from customer_personas.simulate.timeline import Course

REAL_DATA = "PERSONA_REAL_DATA"
HORIZON = timedelta(days=90)
# Few algorithms: it is the level that is looked at, and it does not come from them.
REDUCED = {
    "source_systems": {"files": ["customers", "order_lines"]},
    "targets": {"will_purchase": "future"},
    "algorithms": ["logistic_regression", "gradient_boosting"],
    "observation_dates_max": 6,
    "fit_budget_seconds": 4,
}


@dataclass(frozen=True)
class Company:
    """A company to be built.

    Parameters
    ----------
    name : str
        What it is called in the table.
    variables : dict
        The vars of its build.
    environment : dict
        Environment variables of its build.
    customers : int
        How many are simulated; 0 for other companies.
    course : Course, optional
        What kind of a life a simulated company has.
    has_personas : bool
        Whether personas are built too.
    """

    name: str
    variables: dict[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    customers: int = 0
    course: Course | None = None
    has_personas: bool = True

    def write_records(self, folder: Path) -> None:
        """Simulate the records, those of the horizon after the as-of date included.

        Parameters
        ----------
        folder : pathlib.Path
            The landing folder.
        """
        if self.course:
            end = date.fromisoformat(self.variables["as_of_date"]) + HORIZON
            truth = folder.parent / "truth"
            simulate(
                self.customers, folder, "parquet", self.customers, truth, end, course=self.course
            )


def simulated_companies(personas: bool = False) -> list[Company]:
    """List 30 companies of six kinds, with 300 to 20,000 customers, the small ones first.

    Parameters
    ----------
    personas : bool
        Whether personas are built too.

    Returns
    -------
    list of Company
        Always the same ones. Records go on for a horizon after the as-of date of the build.
    """
    # the horizon is in the weeks: young ones have 48 to 80 weeks until they are built
    kinds: dict[str, list[Course]] = {
        "young": [Course(weeks=13 + each, before=0.0) for each in (48, 54, 62, 70, 80)],
        "old": [Course(weeks=13 + each) for each in (150, 170, 190, 210, 230)],
        "seasonal": [
            Course(weeks=13 + each, before=0.3, season=2.5) for each in (90, 110, 130, 150, 170)
        ],
        "growing": [
            Course(weeks=13 + each, before=0.1, growth=5) for each in (80, 95, 110, 125, 140)
        ],
        "shrinking": [
            Course(weeks=13 + each, before=0.6, growth=0.3, demand=0.4)
            for each in (90, 105, 120, 135, 150)
        ],
        "bought list": [
            Course(weeks=13 + each, before=0.3, bought=0.4) for each in (80, 95, 110, 125, 140)
        ],
    }
    sizes = (300, 600, 1_200, 2_500, 6_000)
    days = ("2025-02-01", "2025-06-01", "2025-10-01")
    listed = []
    for row, size in enumerate(sizes):
        for place, (kind, courses) in enumerate(kinds.items()):
            count = 20_000 if kind == "old" and size == sizes[-1] else size + place
            # each kind on each of the dates: the season ahead is another one
            day = days[(row + place) % len(days)]
            name = f"{kind}, {courses[row].weeks - 13} weeks to {day}"
            variables = REDUCED | {"as_of_date": day}
            listed.append(Company(name, variables, {}, count, courses[row], personas))
    return listed


def companies_at_hand(personas: bool = False) -> list[Company]:
    """List the demo, the real companies of the folder PERSONA_REAL_DATA, and simulated ones.

    Parameters
    ----------
    personas : bool
        Whether personas of the simulated ones are built too.

    Returns
    -------
    list of Company
        In this order.
    """
    found = [Company("demo")]
    real = Path(os.environ.get(REAL_DATA, ""))
    for name, entities in {
        "online_retail": ["order_lines"],
        "complete_journey": ["customers", "order_lines"],
    }.items():
        folder = real / ("online_retail_ii" if name == "online_retail" else name)
        if os.environ.get(REAL_DATA) and folder.is_dir():
            variables = {"source_systems": {name: entities}}
            environment = {f"PERSONA_{name.upper()}_DIR": str(folder.resolve())}
            found.append(Company(name, variables, environment))
    return found + simulated_companies(personas)
