"""capacity.support_staffing, recomputed from the exported tickets with Erlang C by way of the Poisson distribution."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from fractions import Fraction
from itertools import count
from math import ceil, exp

from scipy.stats import poisson

from tests.end_to_end.oracle_inputs import Inputs
from tests.end_to_end.oracle_sales import Deal
from tests.end_to_end.oracle_values import Row, moment


def waiting_probability(load: float, agents: int) -> float:
    """Erlang C: the chance that all agents are busy."""
    if load <= 0:
        return 0.0
    if load >= agents:
        return 1.0
    all_busy = poisson.pmf(agents, load) * agents / (agents - load)
    return float(all_busy / (poisson.cdf(agents - 1, load) + all_busy))


def staffing(arrivals: Fraction, handle_seconds: float, setting: Row) -> Row:
    """The fewest agents who answer in time and are not busy for too long."""
    load = float(arrivals) * handle_seconds / (60 * setting["interval_minutes"])
    for agents in count(1):
        waiting = waiting_probability(load, agents)
        served = 1 - waiting * exp(-(agents - load) * setting["answer_seconds"] / handle_seconds) if handle_seconds else 1.0
        busy = load / agents
        if load < agents and served >= setting["service_level"] and busy <= setting["max_occupancy"]:
            break
    return {
        "offered_load": load,
        "agents": agents,
        "occupancy": busy,
        "waiting_probability": waiting,
        "service_level": served,
        "rostered": ceil(agents / (1 - Fraction(str(setting["shrinkage"])))),
    }


def support_staffing(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """capacity.support_staffing: queue, weekday and interval over the last weeks."""
    del deals
    setting = inputs.business.capacity["support"]
    weeks, minutes = int(setting["weeks"]), int(setting["interval_minutes"])
    arrivals: Counter[tuple[str, int, int]] = Counter()
    handled: dict[str, list[float]] = defaultdict(list)
    for row in inputs.export("support/tickets"):
        created = moment(row["created"])
        if created is None or row["queue"] is None:
            continue
        local = created.astimezone(inputs.business.zone)
        if not inputs.as_of - timedelta(days=7 * weeks) < local.date() <= inputs.as_of:
            continue
        arrivals[row["queue"], local.isoweekday(), (60 * local.hour + local.minute) // minutes * minutes] += 1
        if row["handle_minutes"] is not None:
            handled[row["queue"]].append(float(row["handle_minutes"]))
    rows = []
    for (queue, weekday, start), tickets in arrivals.items():
        if queue not in handled:
            continue
        seconds = 60 * sum(handled[queue]) / len(handled[queue])
        rows.append(
            {
                "queue": queue,
                "weekday": weekday,
                "interval_start": f"{start // 60:02}:{start % 60:02}",
                "arrivals": tickets / weeks,
                "handle_seconds": seconds,
                **staffing(Fraction(tickets, weeks), seconds, setting),
            }
        )
    return rows
