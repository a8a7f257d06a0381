"""The invented company before it is written: its time, its organisation and the way of its deals."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sample import activities, companies, deals, generate, history, people, products
from sample.draws import Stream
from sample.handovers import move_day
from sample.invent import invent
from sample.moments import MONTHS, ZONES, Span, day_number, on_to_workday, spread_to_workdays, weekday
from sample.world import World
from warehouse.errors import ConfigurationError

THROUGH = dt.date(2026, 10, 31)
SPAN = Span(THROUGH)


@pytest.fixture(scope="module")
def world() -> World:
    return invent(0.3, 1, THROUGH)


@pytest.fixture(scope="module")
def company(world: World) -> tuple[people.People, deals.Deals, history.History]:
    return world.people, world.deals, world.walked


def test_the_span_is_24_months_up_to_its_last_day() -> None:
    assert SPAN.first == day_number(dt.date(2024, 11, 1))
    assert len(SPAN.month_starts) == MONTHS + 1
    assert SPAN.month_starts[-1] == day_number(dt.date(2026, 11, 1))


@pytest.mark.parametrize("zone", range(len(ZONES)))
def test_moments_follow_the_zone_through_the_year(zone: int) -> None:
    days = np.array([day_number(dt.date(2025, 1, 15)), day_number(dt.date(2025, 3, 20)), day_number(dt.date(2025, 7, 15))])
    moments = SPAN.moment(days, np.full(3, 570), np.full(3, zone))
    for day, moment in zip(days.tolist(), moments.tolist(), strict=True):
        local = dt.datetime.fromtimestamp(moment, ZoneInfo(ZONES[zone]))
        assert (local.hour, local.minute) == (9, 30)
        assert day_number(local.date()) == day
    assert SPAN.local_day(moments, np.full(3, zone)).tolist() == days.tolist()


def test_every_day_has_the_offset_of_its_zone() -> None:
    days = np.arange(SPAN.first, SPAN.last + 1)
    for zone, name in enumerate(ZONES):
        noon = [
            dt.datetime.fromtimestamp(int(m), ZoneInfo(name)).hour for m in SPAN.moment(days, 720 + 0 * days, zone + 0 * days)
        ]
        # The last days' evening may be told a day earlier; noon never is.
        assert set(noon) == {12}


def test_nothing_happens_after_the_last_day() -> None:
    late = SPAN.moment(np.array([SPAN.last]), np.array([1430]), np.array([3]))
    assert late[0] < SPAN.end


def test_office_time_runs_forward_and_back() -> None:
    stream = Stream(1, "office")
    moments = np.sort(SPAN.first * 86_400 + stream.below(600 * 86_400, 4000))
    zone = np.full(4000, 1)
    passed = SPAN.working_seconds(moments, zone)
    assert np.all(np.diff(passed) >= 0)
    back = SPAN.after_working_seconds(passed, zone)
    assert np.array_equal(SPAN.working_seconds(back, zone), passed)
    assert set(weekday(SPAN.local_day(back, zone)).tolist()) <= {0, 1, 2, 3, 4}


def test_workdays() -> None:
    week = np.arange(day_number(dt.date(2026, 3, 2)), day_number(dt.date(2026, 3, 9)))
    assert weekday(week).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert weekday(on_to_workday(week)).tolist() == [0, 1, 2, 3, 4, 0, 0]
    spread = spread_to_workdays(Stream(1, "week"), np.repeat(week, 200))
    assert set(weekday(spread).tolist()) == {0, 1, 2, 3, 4}
    assert np.all((spread <= np.repeat(week, 200)) & (spread >= week[0]))
    ends = SPAN.quarter_end(np.array([day_number(dt.date(2025, 2, 3)), day_number(dt.date(2025, 12, 31))]))
    assert ends.tolist() == [day_number(dt.date(2025, 4, 30)), day_number(dt.date(2026, 1, 31))]


def test_the_organisation_has_three_levels_and_no_cycle() -> None:
    staff = people.hire(1, 1.0, SPAN)
    assert 55 <= staff.is_rep.sum() <= 65
    assert staff.manager[0] == -1
    assert np.all(staff.manager[1:] < np.arange(1, staff.count))
    reps = np.flatnonzero(staff.is_rep)
    assert set(staff.role[staff.manager[reps]].tolist()) == {people.MANAGER}
    assert set(staff.manager[staff.manager[reps]].tolist()) == {0}
    assert np.all(staff.end_day > staff.hire_day)
    assert (staff.end_day < people.NEVER).any()


def test_a_team_changes_its_manager_in_mid_quarter() -> None:
    staff = people.hire(1, 1.0, SPAN)
    team = np.flatnonzero(staff.manager != staff.manager_before)
    assert len(team) > 3
    (before,), (after,) = np.unique(staff.manager_before[team]), np.unique(staff.manager[team])
    assert staff.end_day[before] == staff.change_day
    assert staff.end_day[after] == people.NEVER
    assert SPAN.quarter_end(np.array([staff.change_day]))[0] - staff.change_day > 20
    days = np.array([staff.change_day - 1, staff.change_day])
    assert staff.manager_on(team[[0, 0]], days).tolist() == [before, after]


@pytest.mark.parametrize("scale", [0.001, 0.1, 1.0, 10.0])
def test_somebody_is_there_in_every_group_and_month(scale: float) -> None:
    staff = people.hire(2, scale, SPAN)
    pools = people.owners(staff, SPAN)
    rows = np.repeat(np.arange(people.GROUPS * MONTHS), 20)
    owner = pools.draw(Stream(1, "owners"), rows)
    assert np.array_equal(staff.group[owner], rows // MONTHS)
    month = rows % MONTHS
    assert np.all(staff.hire_day[owner] <= SPAN.month_starts[month])
    assert np.all(staff.end_day[owner] >= SPAN.month_starts[month + 1])


def test_deals_end_within_the_span_or_stay_open(company: tuple[people.People, deals.Deals, history.History]) -> None:
    _, played, _ = company
    closed = played.outcome != deals.OPEN
    assert np.all(played.close[closed] < SPAN.end)
    assert np.all(played.recorded[closed] < SPAN.end)
    assert np.all(played.close > played.created)
    assert np.all(played.recorded >= played.close)
    on_time = closed & (played.recorded == played.close) & (played.close_day >= played.created_day)
    assert np.all(weekday(played.close_day[on_time & (played.close_day <= SPAN.last)]) < 5)
    assert np.all(
        (played.close_day > SPAN.last)[~closed & ~played.overdue] | (played.close >= SPAN.end)[~closed & ~played.overdue]
    )


def test_renewals_begin_about_a_year_before_they_are_due(world: World) -> None:
    played = world.deals
    renewals = played.kind == deals.RENEWAL
    late_enough = renewals & (played.created_day > SPAN.first + 20) & ~played.overdue & (played.close_day < SPAN.last + 500)
    ahead = (played.close_day - played.created_day)[late_enough]
    assert late_enough.sum() > 30
    assert ahead.min() >= 340
    assert ahead.max() <= 385


def test_history_rises_through_the_stages_in_time(company: tuple[people.People, deals.Deals, history.History]) -> None:
    _, played, walked = company
    same = walked.deal[1:] == walked.deal[:-1]
    assert np.all(np.diff(walked.moment)[same] > 0)
    falls = walked.deal[1:][same & (np.diff(walked.stage) < 0)]
    assert len(falls) > 0
    assert falls.tolist() == walked.regressed.tolist()
    first = np.concatenate([[True], ~same])
    assert np.array_equal(walked.moment[first], played.created)
    final = walked.stage[walked.last]
    assert np.array_equal(final == history.CLOSED_WON, played.outcome == deals.WON)
    assert np.array_equal(final == history.CLOSED_LOST, played.outcome == deals.LOST)


def test_the_state_of_a_deal_at_a_moment_is_its_last_change(world: World) -> None:
    walked = world.walked
    rows = np.arange(0, len(walked.deal), 97)
    assert np.array_equal(walked.latest(walked.deal[rows], walked.moment[rows]), rows)
    before_all = walked.latest(np.array([5]), world.deals.created[[5]] - 1)
    assert before_all.tolist() == [-1]


def test_what_leavers_leave_goes_to_somebody_of_their_group(world: World) -> None:
    staff, played = world.people, world.deals
    handed = np.flatnonzero(played.handovers.heir >= 0)
    assert len(handed) > 20
    old, new = played.owner[handed], played.handovers.heir[handed]
    assert np.array_equal(staff.group[old], staff.group[new])
    assert np.all(old != new)
    day = played.handovers.day[handed]
    by_leaving = staff.end_day[old] == day
    assert by_leaving.any()
    assert np.all(day[~by_leaving] == move_day(SPAN))
    assert (~by_leaving).any()
    assert np.all(staff.hire_day[new] <= day)
    moments = played.handovers.at[handed]
    assert np.array_equal(played.owner_at(handed, moments - 1), old)
    assert np.array_equal(played.owner_at(handed, moments), new)


def test_nobody_works_on_a_deal_before_it_is_theirs(world: World) -> None:
    work = activities.work(world.seed, world.scale, SPAN, world.people, world.leads, world.deals, world.walked)
    on_deals = np.flatnonzero((work.deal >= 0) & ~work.is_child)
    deal, owner, day = work.deal[on_deals], work.owner[on_deals], work.day[on_deals]
    handovers = world.deals.handovers
    heirs = (handovers.heir[deal] >= 0) & (day > handovers.day[deal] + 1)
    assert np.array_equal(owner[heirs], handovers.heir[deal[heirs]])
    assert np.all(day <= world.people.end_day[owner])


def test_the_middle_segment_truly_wins_most(world: World) -> None:
    played = world.deals
    new = played.kind <= deals.OUTBOUND
    means = [played.propensity[new & (played.segment == segment)].mean() for segment in range(3)]
    assert means[1] > 1.3 * max(means[0], means[2])


def test_deals_are_in_the_currency_of_their_country(world: World) -> None:
    with_account = np.flatnonzero(world.deals.account >= 0)
    in_euros = companies.in_euros(world.market, world.deals.account[with_account])
    assert np.array_equal(world.deals.currency[with_account] == 1, in_euros)
    assert 0.05 < in_euros.mean() < 0.3


def test_zeroed_lost_deals_keep_their_open_amount_in_the_history(
    company: tuple[people.People, deals.Deals, history.History],
) -> None:
    _, played, walked = company
    zeroed = np.flatnonzero(played.zeroed)
    assert len(zeroed) > 0
    assert np.all(walked.cents[walked.last[zeroed]] == 0)
    assert np.all(walked.cents[walked.last[zeroed] - 1] > 0)


def test_lines_add_up_to_the_deal(company: tuple[people.People, deals.Deals, history.History]) -> None:
    _, played, _ = company
    lines = played.lines
    assert np.array_equal(lines.total_cents * 100, lines.quantity * lines.unit_cents * (100 - lines.discount))
    sums = products.totals(lines, played.count)
    assert np.array_equal(sums[sums > 0], played.cents[sums > 0])
    pairs = set(zip(lines.deal.tolist(), lines.product.tolist(), strict=True))
    assert len(pairs) == len(lines.deal)
    assert {field.name for field in fields(lines)} >= {"deal", "product", "quantity"}


def test_company_names_and_domains_are_all_different() -> None:
    count = 60_000
    market = companies.found(1, Stream(1, "sizes").below(3, count))
    every = np.arange(count)
    assert len(set(companies.domains(every).to_pylist())) == count
    assert len(set(companies.names(market, every).to_pylist())) == count
    beyond = np.array([0, companies._NAMES])
    assert len(set(companies.domains(beyond).to_pylist())) == 2
    assert market.employees.min() >= 1
    assert market.employees.max() <= 50_000
    cuts = np.digitize(market.employees, [200, 1000])
    assert np.array_equal(cuts, market.segment)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"scale": 0.0}, "scale"),
        ({"scale": float("nan")}, "scale"),
        ({"scale": 5000.0}, "scale"),
        ({"seed": -1}, "seed"),
        ({"through": dt.date(1990, 1, 1)}, "through"),
        ({"every": "month"}, "month"),
        ({"exports": -1}, "exports"),
        ({"exports": 101}, "exports"),
    ],
)
def test_impossible_settings_are_refused_by_name(settings: dict[str, object], word: str) -> None:
    with pytest.raises(ConfigurationError, match=word):
        generate(Path("never-made"), **settings)
    assert not Path("never-made").exists()
