"""Personas over refits: they stay, move, split, merge and end; nothing else changes their ids."""

import copy
import json
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from companies import DAY, blobs, features_of, relations

from customer_personas.segmentation import continuity
from customer_personas.segmentation.fits import fit_personas


@pytest.fixture(scope="module")
def connection():
    return duckdb.connect()


@pytest.fixture(scope="module")
def first_fit(connection):
    """Four groups of 200 customers, fitted for the first time."""
    return History(connection).refit(blobs([200] * 4)[0])


@pytest.fixture
def four_groups(first_fit):
    """The same to go on from: a refit replaces what the history holds and changes none of it."""
    return copy.copy(first_fit)


class History:
    """Refits of one company after another, as dbt runs them with the var refit: always."""

    def __init__(self, connection, margin=0.1):
        self.connection, self.margin = connection, margin
        self.champion, self.day, self.born, self.refits = None, DAY, 0, []
        self.logged = self.nobody()

    def refit(self, values, ids=None):
        self.day += timedelta(days=30)
        table = features_of(values, day=self.day, ids=ids)
        features, catalog, sets, rules, later = relations(self.connection, table)
        fits = fit_personas(
            features, catalog, sets, rules, later, champion=self.champion,
            observation_date=self.day, seed=7, fewest=4, most=6, margin=self.margin,
            sample_size=10_000,
        ).to_pylist(maps_as_pydicts="strict")  # fmt: skip
        self.refits = fits
        (fit,) = [row for row in fits if row["is_champion"]]
        if fit["role"] == "champion":
            return self
        living = self.personas if self.champion else []
        before = self.scores(features) if self.champion else self.nobody()
        (self.champion,) = continuity.crown_champion(
            fit, features, catalog, before, self.logged, living=living, champion_id="S",
            next_persona_number=self.born + 1, as_of_date=self.day, source_systems="made up",
            settings="{}", cause="a test",
        ).to_pylist()  # fmt: skip
        self.logged = self.scores(features)
        self.born = max([self.born, *(int(each[1:]) for each in self.personas)])
        return self

    @property
    def personas(self):
        return [each["persona_id"] for each in self.champion["personas"]]

    @property
    def events(self):
        return {
            each["persona_id"]: (each["event"], each["related_persona_id"])
            for each in self.champion["lifecycle"]
        }

    def scores(self, features):
        scored = continuity.score_memberships(features, self.champion)
        return self.connection.from_arrow(scored.to_arrow_table())

    def nobody(self):
        schema = pa.schema([("customer_id", pa.string()), ("persona_id", pa.string())])
        return self.connection.from_arrow(schema.empty_table())

    def members(self, values):
        """The persona of each customer."""
        features = self.connection.from_arrow(features_of(values, day=self.day))
        found = dict(self.scores(features).project("customer_id, persona_id").fetchall())
        return np.array([found[f"{number:06}"] for number in range(len(values))])


def test_the_same_customers_keep_the_champion(four_groups):
    values, _ = blobs([200] * 4)
    history = four_groups
    first = history.champion
    assert set(history.events.values()) == {("born", None)}
    history.refit(values)
    assert history.champion is first
    (stays,) = [row for row in history.refits if row["is_champion"]]
    assert stays["reason"].startswith("Stays")


def test_five_per_cent_more_customers_keep_every_persona(four_groups):
    values, _ = blobs([200] * 4)
    more, _ = blobs([10] * 4, seed=1)
    history = four_groups
    before, members = set(history.personas), history.members(values)
    # a margin below zero forces challengers on: ids hold even then
    history.margin = -0.5
    history.refit(np.vstack([values, more]))
    assert set(history.personas) == before
    assert (history.members(values) == members).mean() > 0.99


def test_personas_among_columns_that_say_nothing_go_on(connection):
    values, _ = blobs([150] * 4)
    rng = np.random.default_rng(3)
    values = np.hstack([values, rng.normal(size=(600, 20))])
    history = History(connection).refit(values)
    before, members = set(history.personas), history.members(values)
    assert "left out" in history.champion["reason"]
    more = np.hstack([blobs([10] * 4, seed=1)[0], rng.normal(size=(40, 20))])
    # a margin below zero forces challengers on; what the columns of noise say now does not matter
    history.margin = -0.5
    values[:, 4:] = rng.permutation(values[:, 4:])
    history.refit(np.vstack([values, more]))
    assert len(history.champion["features"]) == 4
    assert set(history.personas) == before
    assert (history.members(values) == members).mean() > 0.97


def test_removing_all_members_of_a_persona_retires_exactly_it(connection):
    values, group = blobs([200] * 5)
    history = History(connection).refit(values)
    members = history.members(values)
    gone = members[group == 2][0]
    history.refit(values[group != 2], ids=np.flatnonzero(group != 2))
    assert history.events[gone] == ("retired", None)
    others = {persona: event for persona, event in history.events.items() if persona != gone}
    assert set(others.values()) == {("continued", None)}
    assert (history.members(values[group != 2]) == members[group != 2]).all()
    challenger = next(row for row in history.refits if row["is_champion"])
    assert "lost their members" in challenger["reason"]


def test_a_persona_that_falls_apart_is_split(connection):
    values, _group = blobs([400, 200, 200, 200], width=5)
    history = History(connection).refit(values)
    members = history.members(values)
    parent = members[0]
    # nearly half of the first group moves to a place of their own
    values[:190] = 0.4 * np.random.default_rng(5).normal(size=(190, 5)) + [4, 0, 0, 0, 6]
    history.refit(values)
    splits = [each for each, event in history.events.items() if event == ("split", parent)]
    assert len(splits) == 1
    assert len(history.personas) == 5
    assert set(history.members(values)[:190]) == set(splits)
    assert set(members) <= set(history.personas)


def test_personas_that_grow_together_are_merged(connection):
    values, group = blobs([250, 150, 200, 200, 200], width=5)
    history = History(connection).refit(values)
    members = history.members(values)
    larger, smaller = members[group == 0][0], members[group == 1][0]
    values[group == 1] = values[group == 0][:150] + 0.01
    history.refit(values)
    assert history.events[smaller] == ("merged", larger)
    assert len(history.personas) == 4
    assert smaller not in history.personas


def test_customers_who_drift_together_take_their_personas_along(four_groups):
    values, _group = blobs([200] * 4)
    history = four_groups
    members = history.members(values)
    history.refit(values + 0.5)
    assert {event for event, _ in history.events.values()} == {"continued"}
    assert (history.members(values + 0.5) == members).all()
    (moved,) = [row for row in history.refits if row["is_champion"]]
    assert moved["role"] == "challenger"
    assert moved["is_continuum"] is False
    assert min(moved["jaccards"]) > 0.95
    assert "Customers have moved" in moved["reason"]
    # the transform stays frozen: distances mean what they meant
    assert (
        json.loads(moved["parameters"])["space"]
        == json.loads(history.champion["parameters"])["space"]
    )


def test_noise_keeps_the_earlier_personas(four_groups):
    history = four_groups
    before = history.personas
    noise = np.random.default_rng(0).normal(1, 1, size=(800, 4))
    history.refit(noise)
    assert history.personas == before
    (row,) = [each for each in history.refits if each["is_champion"]]
    assert row["role"] in ("champion", "challenger")


def test_clusters_that_resamples_do_not_bring_back_do_not_take_over(connection):
    history = History(connection).refit(blobs([100] * 6, width=6)[0])
    rng = np.random.default_rng(0)
    # one line of customers: six slices of it lie elsewhere in each resample
    line = 1 + 1.8 * rng.normal(size=(600, 1)) + 0.9 * rng.normal(size=(600, 6))
    history.refit(line)
    (moved,) = [row for row in history.refits if row["role"] == "challenger"]
    assert moved["metrics"]["inertia_to_shuffled"] < 0.9
    assert moved["metrics"]["smallest_jaccard"] < 0.8
    assert moved["reason"].startswith("Refused: not stable")
    assert min(each["jaccard"] for each in history.champion["personas"]) >= 0.8


@pytest.mark.slow
def test_ids_are_never_used_twice(connection):
    rng = np.random.default_rng(1)
    history, seen = History(connection), set()
    for month in range(4):
        sizes = [100 + 40 * ((month + place) % 4) for place in range(4 + month % 2)]
        values, _ = blobs(sizes, width=6, seed=month)
        ended = seen - set(history.personas if history.champion else [])
        history.refit(values[rng.permutation(len(values))])
        assert not ended & set(history.personas)
        seen |= set(history.personas)
    assert date(2024, 1, 1) < history.day


def test_of_what_yields_each_has_an_id_and_a_reason(connection):
    values, group = blobs([200] * 5)
    history = History(connection, margin=0.0).refit(values)
    # one persona lost its members, and the others moved: two challengers of four clusters
    history.refit(values[group != 2] + 0.5, ids=np.flatnonzero(group != 2))
    ids = [row["model_id"] for row in history.refits]
    assert len(ids) == len(set(ids))
    challengers = [row["model_id"] for row in history.refits if row["role"] == "challenger"]
    assert len(challengers) == 2
    assert challengers[0] == f"{challengers[1]}_without_lost"
    assert all(row["reason"] for row in history.refits)
    (beaten,) = [row for row in history.refits if row["role"] == "champion"]
    assert beaten["reason"].startswith("Yields to ")
