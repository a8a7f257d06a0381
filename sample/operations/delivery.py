"""The delivery/projects export: the work that won deals bring, planned when they close and told again when it is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.archive import Versions
from sample.deals import OUTBOUND, WON
from sample.draws import Flags, Ints, Stream, lognormal
from sample.moments import on_to_workday
from sample.people import NEVER
from sample.ready import ready
from sample.slips import NOTHING, some
from sample.timeline import DAY
from sample.traits import Traits
from sample.truth import Defects
from sample.world import World

_TIERS = ("basic", "standard", "premium")
_HOURS = (16.0, 48.0, 160.0)  # median planned hours by tier
_HOURS_A_DAY = 5  # of one project
_STAFF_PER_SCALE, _CONTRACTED = 24, 0.22
_NEGATIVE, _BACKWARDS, _NOTHING, _TWICE = 0.006, 0.008, 0.01, 0.006


@dataclass(frozen=True)
class _Projects:
    """One entry per project; `end` is NEVER for what is not done within the span. The flags are slips."""

    account: Ints
    tier: Ints
    planned: Ints
    actual: Ints
    known: Ints
    start: Ints
    end: Ints
    assignee: Ints
    contractor: Flags
    negative: Flags
    backwards: Flags
    nothing: Flags
    twice: Flags


def _projects(world: World) -> _Projects:
    """New customers' deals each bring a project; the deal's segment mostly decides the tier."""
    deals, span = world.deals, world.span
    which = np.flatnonzero((deals.outcome == WON) & (deals.kind <= OUTBOUND) & (deals.account >= 0) & ~deals.deleted)
    stream, n = Stream(world.seed, "delivery"), len(which)
    tier = np.minimum(deals.segment[which] + stream.chance(0.15, n), len(_TIERS) - 1)
    planned = np.maximum((np.array(_HOURS)[tier] * stream.spread(lognormal(0.4), n) / 4).astype(np.int64), 1) * 4
    actual = np.maximum((planned * (0.75 + 0.6 * stream.unit(n))).astype(np.int64), 1)
    known = deals.recorded[which] // DAY
    start = on_to_workday(np.maximum(deals.close_day[which] + stream.between(3, 21, n), known))
    end = on_to_workday(start + actual // _HOURS_A_DAY + stream.between(1, 10, n))
    done = end <= span.last
    contractor = stream.chance(_CONTRACTED, n)
    return _Projects(
        account=deals.account[which],
        tier=tier,
        planned=planned,
        actual=actual,
        known=known,
        start=start,
        end=np.where(done, end, NEVER),
        assignee=stream.below(max(4, round(_STAFF_PER_SCALE * world.scale)), n),
        contractor=contractor,
        negative=some(stream, _NEGATIVE, done),
        backwards=some(stream, _BACKWARDS, done),
        nothing=some(stream, _NOTHING, ~contractor),
        twice=some(stream, _TWICE, done),
    )


def versions(world: World) -> list[Versions]:
    """Projects; the few that are done and were entered twice stand in two rows that say the same."""
    projects = _projects(world)
    n = len(projects.account)
    every, done = np.arange(n, dtype=np.int64), np.flatnonzero(projects.end < NEVER)
    again = np.flatnonzero(projects.twice)
    # A row entered twice is a record of its own, numbered after the others.
    record = np.concatenate([every, done, n + again])
    project = np.concatenate([every, done, again])
    over = np.repeat([False, True, True], [n, len(done), len(again)])
    order = np.lexsort((over, record))
    record, project, over = record[order], project[order], over[order]
    hours = np.where(projects.negative, -projects.actual, projects.actual)[project]
    end = np.where(projects.backwards, projects.start - 4, projects.end)[project]
    columns = {
        "account": _accounts(world, projects.account[project]),
        "tier": cells.words(_TIERS, projects.tier[project]),
        "planned_hours": cells.integers(projects.planned[project]),
        "actual_hours": cells.integers(hours, over),
        "start": cells.dates(projects.start[project]),
        "end": cells.dates(end, over),
        "assignee": _assignees(world, projects, project),
        "contractor": cells.flags(projects.contractor[project]),
    }
    seen = np.where(over, projects.end[project], projects.known[project])
    return [ready("delivery", "projects", seen, columns, record=record)]


def _accounts(world: World, account: Ints) -> pa.StringArray:
    return companies.names(world.market, world.book.company[account])


def _assignees(world: World, projects: _Projects, project: Ints) -> pa.StringArray:
    traits, who = Traits(world.seed, "delivery staff"), projects.assignee[project]
    names = cells.joined(
        cells.words(words.FIRST_NAMES, traits.below("first", len(words.FIRST_NAMES), who)),
        " ",
        cells.words(words.LAST_NAMES, traits.below("last", len(words.LAST_NAMES), who)),
    )
    return cells.chosen(projects.nothing[project], cells.words(NOTHING, project % len(NOTHING)), names)


def defects(world: World) -> list[Defects]:
    """Hours below nothing, ends before starts, words for nobody, projects entered twice; named by account and start."""
    projects = _projects(world)
    names = cells.joined(_accounts(world, projects.account), " ", cells.dates(projects.start))
    return [
        Defects(rule, "delivery.projects", cells.words(names, np.flatnonzero(flag)), detail)
        for rule, flag, detail in (
            ("hours_negative", projects.negative, ""),
            ("end_before_start", projects.backwards, ""),
            ("null_word", projects.nothing, "assignee"),
            ("row_repeated", projects.twice, ""),
        )
    ]
