"""What HR keeps beside its employees: absences, training and open requisitions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample import cells
from sample.archive import Versions
from sample.draws import Flags, Ints, Stream
from sample.people import ROLES
from sample.ready import ready
from sample.slips import some
from sample.staff import employee_numbers
from sample.truth import Defects
from sample.world import World

_ABSENCES_A_YEAR = 7
_KINDS, _KIND_WEIGHTS = ("vacation", "sick", "parental", "training"), (60, 30, 2, 8)
_KIND_SLIPS = ("vaction", "sikc", "parentl", "trainng")
_COURSES = ("Discovery calls", "Negotiation", "Product basics", "CRM hygiene", "Forecasting")
_REQUISITIONS = 6
_TOO_GOOD, _BACKWARDS, _MISSPELT = 0.01, 0.01, 0.01


def versions(world: World) -> list[Versions]:
    """Every object of this module."""
    return [_absences(world), _training(world), _requisitions(world)]


@dataclass(frozen=True)
class _Absences:
    """One entry per absence, its days included; the flags are slips: an end before the start, a misspelt kind."""

    person: Ints
    start: Ints
    end: Ints
    kind: Ints
    backwards: Flags
    misspelt: Flags


def _away(world: World) -> _Absences:
    stream, people, span = Stream(world.seed, "absences"), world.people, world.span
    n = people.count * _ABSENCES_A_YEAR * 2
    person = np.repeat(np.arange(people.count, dtype=np.int64), _ABSENCES_A_YEAR * 2)
    # One in each stretch of time, so that a person is never away twice at once.
    stretch = (span.last - span.first) // (_ABSENCES_A_YEAR * 2)
    start = span.first + stretch * np.tile(np.arange(_ABSENCES_A_YEAR * 2, dtype=np.int64), people.count)
    start = start + stream.below(stretch - 22, n)
    kind = stream.pick(_KIND_WEIGHTS, n)
    end = start + np.where(kind == 1, stream.below(4, n), np.where(kind == 0, stream.between(0, 9, n), stream.below(20, n)))
    there = np.flatnonzero((start >= people.hire_day[person]) & (end <= people.end_day[person]))
    every = np.ones(len(there), dtype=bool)
    return _Absences(
        person=person[there],
        start=start[there],
        end=end[there],
        kind=kind[there],
        backwards=some(stream, _BACKWARDS, every),
        misspelt=some(stream, _MISSPELT, every),
    )


def _absences(world: World) -> Versions:
    away = _away(world)
    columns = {
        "employee_id": cells.words(employee_numbers(world.people), away.person),
        "from": cells.dates(away.start),
        "to": cells.dates(np.where(away.backwards, away.start - 7, away.end)),
        "type": cells.words(_KINDS + _KIND_SLIPS, away.kind + len(_KINDS) * away.misspelt),
    }
    return ready("hr", "absences", away.start, columns)


@dataclass(frozen=True)
class _Courses:
    """One entry per person and course; the flags are slips: a score above 100, completed before it was assigned."""

    person: Ints
    course: Ints
    assigned: Ints
    done: Ints
    score: Ints
    kept: Flags
    finished: Flags
    too_good: Flags
    backwards: Flags


def _courses(world: World) -> _Courses:
    stream, people, span = Stream(world.seed, "training"), world.people, world.span
    person = np.repeat(np.arange(people.count, dtype=np.int64), len(_COURSES))
    course = np.tile(np.arange(len(_COURSES), dtype=np.int64), people.count)
    n = len(person)
    assigned = np.maximum(people.hire_day[person], span.first) + 7 + 30 * course
    done = assigned + stream.between(3, 60, n)
    kept = (assigned <= span.last) & (assigned <= people.end_day[person])
    finished = kept & (done <= span.last) & stream.chance(0.85, n)
    return _Courses(
        person=person,
        course=course,
        assigned=assigned,
        done=done,
        score=stream.between(55, 100, n),
        kept=kept,
        finished=finished,
        too_good=some(stream, _TOO_GOOD, finished),
        backwards=some(stream, _BACKWARDS, finished),
    )


def _training(world: World) -> Versions:
    """Courses, shown when they are assigned and again when they are completed."""
    made, people = _courses(world), world.people
    person, course, assigned, kept, finished = made.person, made.course, made.assigned, made.kept, made.finished
    done = np.where(made.backwards, assigned - 30, made.done)
    score = np.where(made.too_good, made.score + 100, made.score)
    record = np.concatenate([np.flatnonzero(kept), np.flatnonzero(finished)])
    over = np.concatenate([np.zeros(int(kept.sum()), dtype=bool), np.ones(int(finished.sum()), dtype=bool)])
    order = np.lexsort((over, record))
    record, over = record[order], over[order]
    columns = {
        "employee_id": cells.words(employee_numbers(people), person[record]),
        "course": cells.words(_COURSES, course[record]),
        "topic": cells.words(("sales", "sales", "product", "tools", "process"), course[record]),
        "department": cells.same("Sales", len(record)),
        "assigned": cells.dates(assigned[record]),
        "completed": cells.dates(done[record], over),
        "hours": cells.integers(2 + course[record] * 2),
        "score": cells.integers(score[record], over),
    }
    return ready("hr", "training", np.where(over, made.done[record], assigned[record]), columns, record=record)


def _requisitions(world: World) -> Versions:
    stream, span, n = Stream(world.seed, "requisitions"), world.span, _REQUISITIONS
    opened = span.last - stream.between(5, 120, n)
    role = np.where(stream.chance(0.7, n), ROLES.index("Account Executive"), ROLES.index("Account Manager"))
    columns = {
        "requisition_id": cells.joined("R", cells.digits(np.arange(1, n + 1), 4)),
        "role": cells.words(ROLES, role),
        "opened": cells.dates(opened),
        "target_start": cells.dates(opened + stream.between(45, 120, n)),
        "status": cells.words(("open", "interviewing", "offer"), stream.below(3, n)),
    }
    return ready("hr", "open_requisitions", opened, columns)


def defects(world: World) -> list[Defects]:
    """Slips in absences, named by employee and first day, and in training, named by employee and course."""
    away, made, numbers = _away(world), _courses(world), employee_numbers(world.people)
    absent = cells.joined(cells.words(numbers, away.person), " ", cells.dates(away.start))
    taught = cells.joined(cells.words(numbers, made.person), " ", cells.words(_COURSES, made.course))
    return [
        Defects("end_before_start", "hr.absences", cells.words(absent, np.flatnonzero(away.backwards))),
        Defects("type_misspelt", "hr.absences", cells.words(absent, np.flatnonzero(away.misspelt))),
        Defects("score_out_of_range", "hr.training", cells.words(taught, np.flatnonzero(made.too_good))),
        Defects("completed_before_assigned", "hr.training", cells.words(taught, np.flatnonzero(made.backwards))),
    ]
