"""The company's life: the weeks before the as-of date, its course, seasons and clock."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from customer_personas.simulate.personas import CATEGORIES, trait

DAY = 86_400
WEEK = 7 * DAY
HORIZON_WEEKS = 13

# category: (middle day of the year, width in days, strength) of each of its seasons
SEASONS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "garden": ((120, 45, 2.2),),
    "fashion": ((95, 25, 0.5), (275, 30, 0.6)),
    "sports": ((15, 25, 0.8), (165, 45, 0.7)),
    "toys": ((345, 25, 2.0),),
    "books": ((345, 25, 0.8), (195, 30, 0.3)),
    "electronics": ((335, 22, 0.9),),
    "beauty": ((345, 20, 0.5),),
    "home": ((270, 40, 0.3),),
}
YEAR_END = (343, 20)
_PEAK_HOURS = np.array([9.0, 13.0, 20.0])


@dataclass(frozen=True)
class Course:
    """What kind of a life the company has.

    Attributes
    ----------
    weeks : int
        Length of the window.
    before : float
        Share of the people who signed up in the three years before the window; 0 for a company
        that opens with it.
    growth : float
        Sign-ups a week at the end of the window over those at its start.
    demand : float
        Everybody's rate of orders and browsing at the end of the window over that at its start;
        it moves by the same factor every week, also after the window.
    season : float
        Factor on how strong the seasons are: 0 for none.
    bought : float
        Share of the people who are a bought list: all on one day in the middle of the window, and
        they neither order nor browse.
    collections : int
        How often the range changes and begins anew: each collection has products of its own, under
        the same names.
    """

    weeks: int = 104
    before: float = 0.50
    growth: float = 2.0
    demand: float = 1.0
    season: float = 1.0
    bought: float = 0.0
    collections: int = 1


ORDINARY = Course()


@dataclass(frozen=True)
class Timeline:
    """Seconds since 1970 of the window's ends, and the seasons of its weeks.

    Attributes
    ----------
    course : Course
        What kind of a life the company has.
    as_of : int
        First second after the window.
    start : int
        First second of the window.
    year_end : numpy.ndarray
        Year-end level of each week (zero to one), the forecast weeks included.
    season : numpy.ndarray
        Seasonal weight of each week and category, the forecast weeks included.
    """

    course: Course
    as_of: int
    start: int
    year_end: np.ndarray
    season: np.ndarray

    @property
    def weeks(self) -> int:
        """Number of weeks in the window."""
        return self.course.weeks

    def demand(self, weeks: np.ndarray) -> np.ndarray:
        """Return the factor on everybody's rates in given weeks.

        Parameters
        ----------
        weeks : numpy.ndarray
            Week numbers, those of the forecast included.

        Returns
        -------
        numpy.ndarray
            Factors of the same shape.
        """
        return self.course.demand ** (weeks / self.course.weeks)

    def collection(self, weeks: np.ndarray) -> np.ndarray:
        """Return which collection is sold in given weeks.

        Parameters
        ----------
        weeks : numpy.ndarray
            Week numbers of the window.

        Returns
        -------
        numpy.ndarray
            Numbers from zero, of the same shape.
        """
        return weeks * self.course.collections // self.course.weeks

    def week_of(self, seconds: np.ndarray) -> np.ndarray:
        """Return the number of the week, negative before the window.

        Parameters
        ----------
        seconds : numpy.ndarray
            Seconds since 1970.

        Returns
        -------
        numpy.ndarray
            Week numbers of the same shape.
        """
        return (np.asarray(seconds) - self.start) // WEEK

    def order_season(self, weeks: slice) -> np.ndarray:
        """Return the order rate's factor by persona and week.

        Parameters
        ----------
        weeks : slice
            Which weeks.

        Returns
        -------
        numpy.ndarray
            Shape (personas, weeks).
        """
        return 0.85 + trait("year_end")[:, None] * self.year_end[None, weeks]

    def moment(
        self, weeks: np.ndarray, personas: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw a second within each week, on a persona's usual days and hours.

        Parameters
        ----------
        weeks : numpy.ndarray
            Week numbers, shape (m,).
        personas : numpy.ndarray
            Persona numbers, shape (m,).
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        numpy.ndarray
            Seconds since 1970, shape (m,).
        """
        weekday = (self.start // DAY + np.arange(7) + 3) % 7  # 1970-01-01 was a Thursday
        weight = np.where(weekday >= 5, trait("weekend")[:, None], 1.0)
        reach = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
        day = (reach[personas] < rng.random(len(weeks))[:, None]).sum(axis=1)
        day = np.minimum(day, 6)
        return self.start + weeks * WEEK + day * DAY + time_of_day(personas, rng)


def time_of_day(personas: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a second of the day around a persona's usual hours.

    Parameters
    ----------
    personas : numpy.ndarray
        Persona numbers, shape (m,).
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Seconds since midnight, shape (m,).
    """
    reach = np.cumsum(trait("hours"), axis=1)[personas]
    peak = np.minimum((reach < rng.random(len(personas))[:, None]).sum(axis=1), 2)
    hour = rng.normal(_PEAK_HOURS[peak], 1.8)
    return (np.clip(hour, 0, 23.99) * 3600).astype(np.int64)


def _bump(day_of_year: np.ndarray, middle: float, width: float) -> np.ndarray:
    """Return a bell around a day of the year, closed over the turn of the year."""
    apart = np.abs(day_of_year - middle)
    apart = np.minimum(apart, 365.25 - apart)
    return np.exp(-0.5 * (apart / width) ** 2)


def build_timeline(as_of: date, course: Course = ORDINARY) -> Timeline:
    """Lay out the window before an as-of date.

    Parameters
    ----------
    as_of : datetime.date
        The first day after the window.
    course : Course
        What kind of a life the company has.

    Returns
    -------
    Timeline
        The window.
    """
    end = (as_of - date(1970, 1, 1)).days * DAY
    start = end - course.weeks * WEEK
    middles = start + np.arange(course.weeks + HORIZON_WEEKS) * WEEK + WEEK // 2
    year = middles.astype("datetime64[s]").astype("datetime64[Y]")
    day_of_year = (middles - year.astype("datetime64[s]").astype(np.int64)) / DAY
    season = np.ones((len(middles), len(CATEGORIES)))
    for category, bumps in SEASONS.items():
        for middle, width, strength in bumps:
            bump = course.season * strength * _bump(day_of_year, middle, width)
            season[:, CATEGORIES.index(category)] += bump
    return Timeline(course, end, start, course.season * _bump(day_of_year, *YEAR_END), season)
