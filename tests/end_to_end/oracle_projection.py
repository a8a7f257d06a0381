"""demand.period_projection, recomputed from the exported deals and their histories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np

from tests.end_to_end.oracle_inputs import Inputs
from tests.end_to_end.oracle_rates import Rates
from tests.end_to_end.oracle_sales import Deal
from tests.end_to_end.oracle_series import first_event
from tests.end_to_end.oracle_targets import target
from tests.end_to_end.oracle_values import Row, add_months, cents, day, money, month_of, sum_money

PERIOD_MONTHS = {"month": 1, "quarter": 3}
WEIGHT = 10
REMEMBERED = 8
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Basis:
    """What was known of a period on a day; `actual` is None where the period still runs."""

    closed: Decimal
    open: Decimal
    weighted: Decimal
    actual: Decimal | None

    @property
    def rest(self) -> Decimal:
        """What came to nobody's surprise but the pipeline's."""
        assert self.actual is not None
        return self.actual - self.closed - self.weighted


@dataclass(frozen=True)
class OpenDeal:
    """A deal as it stood on some day."""

    segment: str
    stage: tuple[str, str]
    closes: date | None
    amount: Decimal | None


class Past:
    """The company's deals on any day."""

    def __init__(self, inputs: Inputs, deals: list[Deal]) -> None:
        self.inputs, self.deals = inputs, [deal for deal in deals if deal.is_counted]
        self.rates = Rates(inputs)
        configured = {segment["id"] for segment in inputs.business.segments["segments"]}
        self.segments = sorted(configured | {deal.segment for deal in deals} | {"unassigned"})
        self.default = {e["stage"].lower(): e.get("probability") for e in inputs.business.stages["stages"]}
        self.defined = inputs.hubspot.default_probabilities()
        self._open: dict[date, list[OpenDeal]] = {}
        self._chance: dict[tuple[tuple[str, str], date], Fraction] = {}

    @cached_property
    def _entered(self) -> dict[tuple[str, str], list[Deal]]:
        """Closed deals by every stage they ever were in."""
        found: dict[tuple[str, str], list[Deal]] = defaultdict(list)
        for deal in self.deals:
            if deal.closed is not None:
                for stage in {_stage(deal, row["StageName"]) for row in deal.history}:
                    found[stage].append(deal)
        return found

    def chance(self, stage: tuple[str, str], at: date) -> Fraction:
        """The share of deals that were in a stage, and closed before a day, that was won; shrunk to the stage's default."""
        if (stage, at) not in self._chance:
            before = [deal for deal in self._entered[stage] if deal.closed and deal.closed < at]
            default = self.defined.get(stage, self.default.get(stage[1].lower()))
            prior = Fraction(str(0.5 if default is None else default))
            won = sum(deal.is_won for deal in before)
            self._chance[stage, at] = (won + WEIGHT * prior) / (len(before) + WEIGHT)
        return self._chance[stage, at]

    def open_on(self, at: date) -> list[OpenDeal]:
        """The open deals of a day, by their history; those without one only today, as they are.

        A close that was entered late counts from its own day on, so that no deal is closed and open at once.
        """
        if at not in self._open:
            found = []
            for deal in self.deals:
                if deal.closed is not None and deal.closed <= at:
                    continue
                seen = [row for row in deal.history if (self.inputs.business_date(row["CreatedDate"]) or at) <= at]
                last = seen[-1] if seen else None
                if last is None and not deal.history and at == self.inputs.as_of and not deal.is_closed:
                    last = deal.record
                if last is None or self.inputs.business.stage_type(last["StageName"]) != "open":
                    continue
                amount = self.rates.convert(money(last["Amount"]), deal.record["CurrencyIsoCode"], at)
                found.append(OpenDeal(deal.segment, _stage(deal, last["StageName"]), day(last["CloseDate"]), amount))
            self._open[at] = found
        return self._open[at]

    def basis(self, segment: str, start: date, end: date, at: date) -> Basis:
        """What was closed, open and weighted for a period on a day."""
        won = [
            deal
            for deal in self.deals
            if deal.is_won and deal.closed and start <= deal.closed <= end and segment in ("all", deal.segment)
        ]
        some = [
            deal
            for deal in self.open_on(at)
            if segment in ("all", deal.segment) and deal.closes and start <= deal.closes <= end and deal.amount is not None
        ]
        return Basis(
            closed=sum_money(deal.amount for deal in won if deal.closed and deal.closed <= at),
            open=sum_money(deal.amount for deal in some),
            weighted=cents(
                sum((Fraction(deal.amount) * self.chance(deal.stage, at) for deal in some if deal.amount), Fraction(0))
            ),
            actual=sum_money(deal.amount for deal in won) if end < self.inputs.as_of else None,
        )


def _stage(deal: Deal, name: str | None) -> tuple[str, str]:
    return deal.record["RecordTypeId"] or "default", name or ""


def period_projection(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """demand.period_projection: the present month and quarter and the next ones, for the company and each segment."""
    past = Past(inputs, deals)
    first = first_event(inputs, deals)
    rows = []
    for period_type, months in PERIOD_MONTHS.items():
        present = month_of(inputs.as_of) if months == 1 else inputs.business.quarter_start(inputs.as_of)
        for start in (present, add_months(present, months)):
            offset = inputs.as_of - start
            for scope_type, scope_id in (("company", "all"), *(("segment", segment) for segment in past.segments)):
                before = []
                earlier = add_months(present, -months)
                while earlier >= first:
                    on_day = min(earlier + offset, _end(earlier, months))
                    if on_day >= first:
                        before.append(past.basis(scope_id, earlier, _end(earlier, months), on_day))
                    earlier = add_months(earlier, -months)
                now = past.basis(scope_id, start, _end(start, months), inputs.as_of)
                rows.append(
                    {
                        "scope_type": scope_type,
                        "scope_id": scope_id,
                        "is_default_scope": scope_type == "company",
                        "period_type": period_type,
                        "period_start": start,
                        "period_end": _end(start, months),
                        "on_day": inputs.as_of,
                        **_projected(now, before[::-1], target(inputs, scope_type, scope_id, period_type, start)),
                    }
                )
    return rows


def _end(start: date, months: int) -> date:
    return add_months(start, months) - timedelta(days=1)


def _by_stage(now: Basis, before: list[Basis]) -> Decimal:
    """What is still to come: the open deals by their stages, and what usually comes on top of them."""
    return now.weighted + max(NOTHING, _average([basis.rest for basis in before[-REMEMBERED:]]))


def _by_mean(now: Basis, before: list[Basis]) -> Decimal:
    """What is still to come if the period brings what periods bring."""
    return max(NOTHING, _average([basis.actual or NOTHING for basis in before[-REMEMBERED:]]) - now.closed)


def _average(amounts: list[Decimal]) -> Decimal:
    return cents(Fraction(sum_money(amounts)) / len(amounts)) if amounts else NOTHING


def _tried(rule: Callable[[Basis, list[Basis]], Decimal], before: list[Basis]) -> tuple[list[float], float | None]:
    """Came over expected of every earlier period, each from those before it; and the absolute errors over all that was sold."""
    shares, missed, sold = [], NOTHING, NOTHING
    for place in range(1, len(before)):
        actual = before[place].actual or NOTHING
        expected, came = rule(before[place], before[:place]), actual - before[place].closed
        missed, sold = missed + abs(came - expected), sold + actual
        if expected > 0:
            shares.append(max(0.0, float(came / expected)))
    return shares, float(missed / sold) if sold else None


def _projected(now: Basis, before: list[Basis], goal: Decimal | None) -> Row:
    shares, wape = _tried(_by_stage, before)
    mean_shares, mean_wape = _tried(_by_mean, before)
    # The plain mean where it was nearer, once it was tried often enough.
    plain = wape is not None and mean_wape is not None and mean_wape < wape and len(before) > REMEMBERED
    expected = (_by_mean if plain else _by_stage)(now, before)
    errors = mean_shares if plain else shares
    quantiles: list[Decimal | None] = [None, None, None]
    if len(errors) >= REMEMBERED:
        factors = np.quantile(errors, [0.1, 0.5, 0.9])
        quantiles = [now.closed + cents(Fraction(expected) * Fraction(float(factor))) for factor in factors]
    reached = goal is not None and now.closed >= goal
    return {
        "closed_amount": now.closed,
        "open_amount": now.open,
        "open_weighted_amount": now.weighted,
        "other_won_amount": None if plain else expected - now.weighted,
        "mean": now.closed + expected,
        **dict(zip(("p10", "p50", "p90"), quantiles, strict=True)),
        "periods_n": len(errors),
        "backtest_wape": wape,
        "baseline_wape": mean_wape,
        "target_amount": goal,
        "p_target": 1.0 if reached else None if goal is None or None in quantiles else 1 - p_at_most(goal, quantiles),
        "method": "mean_of_periods" if plain else "stage_rate" if before else "closed_only",
    }


def p_at_most(value: Decimal, quantiles: list[Decimal | None]) -> float:
    """P(at most `value`) by the straight lines through three quantiles; flat beyond them."""
    low, middle, high = (float(quantile) for quantile in quantiles if quantile is not None)
    at = float(value)
    if at < low:
        return 0.05
    if at > high:
        return 0.95
    if at <= middle:
        return 0.5 if middle == low else 0.1 + 0.4 * (at - low) / (middle - low)
    return 0.5 + 0.4 * (at - middle) / (high - middle)
