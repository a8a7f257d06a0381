"""The invented leads: who converts and why, and what of it shows in what they do."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from sample import interest, leads, marketing, people
from sample.draws import Flags, Floats
from sample.invent import invent
from sample.moments import Span
from sample.world import World

THROUGH = dt.date(2026, 10, 31)
SPAN = Span(THROUGH)


@pytest.fixture(scope="module")
def world() -> World:
    return invent(0.3, 1, THROUGH)


def test_propensity_follows_its_causes() -> None:
    ones = np.zeros(3, dtype=np.int64)
    by_segment = interest.propensity(np.arange(3), ones, ones, np.full(3, 0.5), ones + 100)
    assert by_segment.argmax() == 1
    rising = interest.propensity(ones, ones, ones, np.array([0.1, 0.5, 0.9]), ones + 100)
    assert np.all(np.diff(rising) > 0)
    assert interest.propensity(ones, ones + 4, ones - 1, np.zeros(3), ones + 50).tolist() == [0.01] * 3
    assert interest.propensity(ones + 1, ones + 3, ones, np.ones(3), ones + 150).tolist() == [0.6] * 3


def test_leads_convert_as_often_as_their_propensity_says(world: World) -> None:
    old = (world.leads.twin < 0) & (world.leads.created_day < SPAN.last - 50)
    converted = world.leads.converted[old] >= 0
    propensity = world.leads.propensity[old]
    assert propensity.min() >= 0.01
    assert propensity.max() <= 0.6
    for low, high in ((0.0, 0.05), (0.05, 0.2), (0.2, 0.4), (0.4, 0.61)):
        among = (propensity >= low) & (propensity < high)
        spread = 3.5 * np.sqrt(propensity[among].mean() / among.sum())
        assert converted[among].mean() == pytest.approx(propensity[among].mean(), abs=spread)


def test_statuses_rise_and_converted_leads_passed_through_all(world: World) -> None:
    gathered = world.leads
    converted = gathered.converted >= 0
    entered = gathered.entered[converted]
    assert np.all(entered[:, leads.REFUSED - 1] == people.NEVER)
    steps = entered[:, [leads.QUALIFIED - 1, leads.WORKING - 1, leads.CONVERTED - 1]]
    assert np.all(np.diff(steps, axis=1) > 0)
    assert np.all(steps[:, 0] > gathered.created[converted])
    end = np.full(gathered.count, SPAN.end - 1)
    status = gathered.status_at(np.arange(gathered.count), end)
    assert np.array_equal(status == leads.CONVERTED, converted)
    assert set(status.tolist()) == set(range(5))


def test_what_people_do_tells_their_intent(world: World) -> None:
    """The sum of decayed points ranks the leads that are still open by their true propensity."""
    audience = marketing.know(world)
    arrived = marketing.feed(world, audience)
    points = np.array([{"form-submitted": 20, "trial-started": 30, "email-clicked": 6, "page-visited": 3}.get(kind[0], 0)
                       for kind in marketing._TYPES])  # fmt: skip
    age = SPAN.last - arrived.moment // 86_400_000
    score = np.zeros(world.leads.count)
    np.add.at(score, audience.lead[arrived.person], points[arrived.kind] * 0.5 ** (age / 30))
    every = np.arange(world.leads.count)
    is_open = (world.leads.status_at(every, np.full(len(every), SPAN.end - 1)) <= leads.WORKING) & ~world.leads.deleted
    propensity = world.leads.propensity[is_open]
    assert _auc(score[is_open], propensity > np.median(propensity)) > 0.72
    assert _weighted_auc(score[is_open], propensity) > 0.66


def _auc(score: Floats, positive: Flags) -> float:
    return _ranked(score, positive.astype(float), (~positive).astype(float))


def _weighted_auc(score: Floats, propensity: Floats) -> float:
    return _ranked(score, propensity, 1 - propensity)


def _ranked(score: Floats, positive: Floats, negative: Floats) -> float:
    _, place = np.unique(score, return_inverse=True)
    above, below = np.bincount(place, positive), np.bincount(place, negative)
    return float((above * (np.cumsum(below) - below / 2)).sum() / (above.sum() * below.sum()))
