"""How many agents a support queue needs: Erlang C, the queue with endless patience (M/M/n).

Load is in Erlang: the agents that would be busy all the time if work came perfectly even.

Source: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges" (1917); the recursion over the inverse blocking probability is Jagerman's (1974).
"""

from __future__ import annotations

import math

import pyarrow as pa

from planning.rounding import whole_up
from planning.settings import check_range
from planning.typed import rows_of, table_of

INTERVALS = pa.schema(
    [
        ("queue", pa.string()),
        ("weekday", pa.int64()),
        ("interval_start", pa.int64()),
        ("arrivals", pa.float64()),
        ("handle_seconds", pa.float64()),
    ]
)
STAFFING = pa.schema(
    [
        *INTERVALS,
        ("offered_load", pa.float64()),
        ("agents", pa.int64()),
        ("occupancy", pa.float64()),
        ("waiting_probability", pa.float64()),
        ("service_level", pa.float64()),
        ("rostered", pa.int64()),
    ]
)
KEY = ("queue", "weekday", "interval_start")

# Beyond it nobody waits in any float's sense; the recursion stops before it overflows.
_NEVER_BLOCKED = 1e290
_SAME = 1 + 1e-12
# The recursion takes a step for each agent; more than this is a wrong unit, not a queue.
_MAX_LOAD = 1e6


def erlang_c(load: float, agents: int) -> float:
    """The probability that an arrival has to wait.

    Args:
        load: offered load in Erlang, 0 to a million.
        agents: number of agents, at least 0.

    Returns:
        0 to 1. With no more agents than load the queue only grows, and everybody waits; without load nobody does.

    Raises:
        ValueError: an argument outside its range.
    """
    check_range("load", load, 0, _MAX_LOAD)
    check_range("agents", agents, 0)
    if load == 0:
        return 0.0
    inverse_blocking = 1.0
    for agent in range(1, agents + 1):
        inverse_blocking = _next(inverse_blocking, load, agent)
        if inverse_blocking > _NEVER_BLOCKED:
            break
    return _waiting(load, agents, inverse_blocking)


def service_level(load: float, agents: int, handle_seconds: float, answer_seconds: float) -> float:
    """The share of arrivals answered within `answer_seconds`: 1 - C x exp(-(agents - load) x answer / handle).

    Args:
        load: offered load in Erlang, 0 to a million.
        agents: number of agents, at least 0.
        handle_seconds: mean handling time of one arrival in seconds, above 0.
        answer_seconds: the promised waiting time in seconds, at least 0.

    Returns:
        0 to 1; 0 where the agents are no more than the load.

    Raises:
        ValueError: an argument outside its range.
    """
    check_range("handle_seconds", handle_seconds, 0, open_low=True)
    check_range("answer_seconds", answer_seconds, 0)
    return _answered(load, agents, erlang_c(load, agents), answer_seconds / handle_seconds)


def agents_needed(load: float, handle_seconds: float, answer_seconds: float, *, goal: float, max_occupancy: float) -> int:
    """The smallest number of agents that meets the service level without being busy for more than a share of their time.

    Args:
        load: offered load in Erlang, 0 to a million.
        handle_seconds: mean handling time of one arrival in seconds, above 0.
        answer_seconds: the promised waiting time in seconds, at least 0.
        goal: share of arrivals to answer within it, 0 to below 1 (no number of agents answers all).
        max_occupancy: load / agents at most, above 0, at most 1.

    Returns:
        0 for no load, else more than the load.

    Raises:
        ValueError: an argument outside its range.
    """
    check_range("load", load, 0, _MAX_LOAD)
    check_range("handle_seconds", handle_seconds, 0, open_low=True)
    _check_goal(answer_seconds, goal, max_occupancy)
    patience = answer_seconds / handle_seconds
    agents, inverse_blocking = 0, 1.0
    while load > 0:
        agents += 1
        if inverse_blocking <= _NEVER_BLOCKED:
            inverse_blocking = _next(inverse_blocking, load, agents)
        waiting = _waiting(load, agents, inverse_blocking)
        stable = load < agents and load <= max_occupancy * agents * _SAME
        if stable and _answered(load, agents, waiting, patience) >= goal:
            break
    return agents


def staff(
    intervals: pa.Table,
    *,
    interval_minutes: float,
    answer_seconds: float,
    service_level: float,
    max_occupancy: float,
    shrinkage: float,
) -> pa.Table:
    """The agents of every queue and interval of the week.

    Args:
        intervals: `INTERVALS`, one row per queue, weekday (ISO, 1 = Monday) and interval_start (minute of the day): arrivals
            per interval, handle_seconds per arrival. Unknown arrivals are none. A row whose handling time is unknown or not
            positive has no known work and is left out.
        interval_minutes: length of an interval in minutes, above 0.
        answer_seconds: the promised waiting time in seconds, at least 0.
        service_level: share of arrivals to answer within it, 0 to below 1.
        max_occupancy: share of their time that agents are busy at most, above 0, at most 1.
        shrinkage: share of paid time away from the queue (breaks, training, illness), 0 to below 1.

    Returns:
        `STAFFING`, sorted by queue, weekday, interval_start: offered_load in Erlang, agents at work, rostered = agents /
        (1 - shrinkage) people on the plan, rounded up; occupancy, waiting_probability and service_level as shares, 0 to 1.
        Without agents occupancy is NULL.

    Raises:
        ValueError: an impossible setting, or a wrong table.
    """
    check_range("interval_minutes", interval_minutes, 0, open_low=True)
    check_range("shrinkage", shrinkage, 0, 1, open_high=True)
    _check_goal(answer_seconds, service_level, max_occupancy)
    staffed = []
    for row in rows_of(intervals, INTERVALS, KEY, "support intervals"):
        handle_seconds = row["handle_seconds"]
        if handle_seconds is None or handle_seconds <= 0:
            continue
        arrivals = max(row["arrivals"] or 0.0, 0.0)
        load = arrivals * handle_seconds / (60 * interval_minutes)
        agents = agents_needed(load, handle_seconds, answer_seconds, goal=service_level, max_occupancy=max_occupancy)
        waiting = erlang_c(load, agents)
        staffed.append(
            row
            | {
                "arrivals": arrivals,
                "offered_load": load,
                "agents": agents,
                "occupancy": load / agents if agents else None,
                "waiting_probability": waiting,
                "service_level": _answered(load, agents, waiting, answer_seconds / handle_seconds),
                "rostered": whole_up(agents / (1 - shrinkage)),
            }
        )
    return table_of(staffed, STAFFING, KEY)


def _next(inverse_blocking: float, load: float, agents: int) -> float:
    """1/B(n) = 1 + n/load x 1/B(n - 1): only additions of positive numbers, so nothing cancels."""
    return 1.0 + inverse_blocking * agents / load


def _waiting(load: float, agents: int, inverse_blocking: float) -> float:
    if load >= agents:
        return 1.0 if load > 0 else 0.0
    if inverse_blocking > _NEVER_BLOCKED:
        return 0.0
    return agents / (load + (agents - load) * inverse_blocking)


def _answered(load: float, agents: int, waiting: float, patience: float) -> float:
    """`patience` is the promised waiting time in units of the handling time."""
    return 1.0 - waiting * math.exp(-max(agents - load, 0.0) * patience)


def _check_goal(answer_seconds: float, goal: float, max_occupancy: float) -> None:
    check_range("answer_seconds", answer_seconds, 0)
    check_range("service_level", goal, 0, 1, open_high=True)
    check_range("max_occupancy", max_occupancy, 0, 1, open_low=True)
