"""What finance keeps: exchange rates, targets, subscriptions, commission plans and the budget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies
from sample.archive import Versions
from sample.deals import EXPANSION, WON
from sample.draws import Flags, Ints, Stream
from sample.moments import MONTHS, fiscal, month_number
from sample.operations.targets import targets
from sample.products import CATALOGUE
from sample.rates import EUR
from sample.ready import ready
from sample.slips import some
from sample.timeline import DAY
from sample.traits import Traits
from sample.truth import Defects
from sample.world import World

_YEAR = 365
_BACKWARDS, _NEGATIVE = 0.004, 0.002
# A pound in euros, in hundredths, as the sample's own fixed relation.
_POUND = 117
# plan, role, attainment from and below (percent), commission in percent of bookings.
_TIERS = (
    ("AE standard", "Account Executive", 0, 100, 8),
    ("AE standard", "Account Executive", 100, 130, 12),
    ("AE standard", "Account Executive", 130, 999, 16),
    ("AM standard", "Account Manager", 0, 100, 4),
    ("AM standard", "Account Manager", 100, 999, 7),
)
# What may be spent on levers in a fiscal quarter, US dollars at scale 1.
_BUDGET = (("hire", 400_000), ("training", 40_000), ("tool", 60_000), ("promotion", 50_000), ("contractor", 80_000))


def versions(world: World) -> list[Versions]:
    """Every object of finance."""
    return [_rates(world), targets(world), _subscriptions(world), _commission_plans(world), _budget(world)]


def _rates(world: World) -> Versions:
    """US dollars for one unit of a currency, every Monday."""
    rates, span = world.rates, world.span
    days = np.arange(rates.first_day, span.last + 1, dtype=np.int64)
    mondays = days[(days + 3) % 7 == 0]
    euro = rates.on(mondays)
    day = np.concatenate([mondays, mondays])
    value = np.concatenate([euro, euro * _POUND // 100])
    whole, rest = np.divmod(value, 10_000)
    columns = {
        "currency": cells.words(("EUR", "GBP"), np.repeat([0, 1], len(mondays)).astype(np.int64)),
        "date": cells.dates(day),
        "rate": cells.joined(cells.integers(whole), ".", cells.digits(rest, 4)),
    }
    return ready("finance", "exchange_rates", np.maximum(day, span.first), columns)


@dataclass(frozen=True)
class _Contracts:
    """One entry per subscription; the flags are slips: an end before the start, a monthly amount below nothing."""

    deal: Ints
    start: Ints
    backwards: Flags
    negative: Flags


def _contracts(world: World) -> _Contracts:
    """One contract of a year for each won deal that is no expansion."""
    deals, stream = world.deals, Stream(world.seed, "subscriptions")
    which = np.flatnonzero((deals.outcome == WON) & (deals.kind != EXPANSION) & ~deals.deleted & (deals.account >= 0))
    which = which[~deals.amount_missing[which]]
    every = np.ones(len(which), dtype=bool)
    return _Contracts(
        deal=which,
        start=np.minimum(deals.close_day[which], world.span.last),
        backwards=some(stream, _BACKWARDS, every),
        negative=some(stream, _NEGATIVE, every),
    )


def _subscriptions(world: World) -> Versions:
    """The contracts; the monthly amount is a twelfth of the deal's."""
    deals, contracts = world.deals, _contracts(world)
    which, start = contracts.deal, contracts.start
    product = Traits(world.seed, "subscription").below("product", len(CATALOGUE), which)
    columns = {
        "account": companies.names(world.market, world.book.company[deals.account[which]]),
        "product": cells.words([entry[0] for entry in CATALOGUE], product),
        "start": cells.dates(start),
        "end": cells.dates(start + np.where(contracts.backwards, -_YEAR, _YEAR)),
        "mrr": cells.joined(cells.words(("-",), np.where(contracts.negative, 0, -1)), cells.money(deals.cents[which] // 12)),
        "currency": cells.words(("USD", "EUR"), (deals.currency[which] == EUR).astype(np.int64)),
    }
    return ready("finance", "subscriptions", np.maximum(deals.recorded[which] // DAY, start), columns)


def _commission_plans(world: World) -> Versions:
    n = len(_TIERS)

    def numbers(place: int) -> pa.StringArray:
        return cells.integers(np.array([tier[place] for tier in _TIERS], dtype=np.int64))

    columns = {
        "plan": pa.array([tier[0] for tier in _TIERS]),
        "role": pa.array([tier[1] for tier in _TIERS]),
        "valid_from": cells.dates(np.full(n, world.span.first)),
        "attainment_from_pct": numbers(2),
        "attainment_below_pct": numbers(3),
        "commission_pct": numbers(4),
        "currency": cells.same("USD", n),
    }
    return ready("finance", "commission_plans", np.full(n, world.span.first), columns)


def _budget(world: World) -> Versions:
    """What may be spent on each kind of lever, by fiscal quarter of the span and the year after."""
    quarters = _fiscal_quarters(world)
    place = np.repeat(np.arange(len(quarters), dtype=np.int64), len(_BUDGET))
    kind = np.tile(np.arange(len(_BUDGET), dtype=np.int64), len(quarters))
    dollars = np.maximum((np.array([dollars for _, dollars in _BUDGET])[kind] * world.scale / 100).astype(np.int64), 1) * 100
    columns = {
        "period": cells.words(quarters, place),
        "lever_type": cells.words([name for name, _ in _BUDGET], kind),
        "amount": cells.money(dollars * 100),
        "currency": cells.same("USD", len(kind)),
    }
    return ready("finance", "budget", np.full(len(kind), world.span.first), columns)


def _fiscal_quarters(world: World) -> list[str]:
    """Every fiscal quarter that lies wholly within the span and the fifteen months after."""
    first = int(month_number(np.array([world.span.first]))[0])
    years, places = fiscal(np.arange(first, first + MONTHS + 15, dtype=np.int64))
    return [f"{years[at]}-Q{places[at] // 3 + 1}" for at in np.flatnonzero(places % 3 == 0).tolist() if at + 3 <= len(places)]


def defects(world: World) -> list[Defects]:
    """Subscriptions that end before they start or bring less than nothing; named by account and start."""
    contracts = _contracts(world)
    accounts = companies.names(world.market, world.book.company[world.deals.account[contracts.deal]])
    names = cells.joined(accounts, " ", cells.dates(contracts.start))
    return [
        Defects("end_before_start", "finance.subscriptions", cells.words(names, np.flatnonzero(contracts.backwards))),
        Defects("mrr_negative", "finance.subscriptions", cells.words(names, np.flatnonzero(contracts.negative))),
    ]
