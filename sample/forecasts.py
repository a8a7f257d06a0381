"""The ForecastingItem and ForecastingAdjustment exports: what each rep's deals add up to, and what their managers make of it.

The CRM keeps only the present state of a forecast; it is called once a week, for this month and the next.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions, crm
from sample.draws import Floats, Ints
from sample.history import STAGES
from sample.ids import IdSpace
from sample.moments import first_day, month_number
from sample.rates import EUR
from sample.timeline import DAY
from sample.traits import Traits
from sample.world import World

CATEGORIES = ("Pipeline", "Best Case", "Commit", "Closed")
_OF_STAGE = np.array([CATEGORIES.index(stage[2]) if stage[2] in CATEGORIES else -1 for stage in STAGES])
_WEEKS = 26
_ADJUSTED, _LATE = 0.12, 0.04
_NOTES = ("Slips to next month", "Verbal agreement", "Champion left", "Procurement is slow", "Larger than planned")


class Calls:
    """One entry per state of a forecast: record, week, owner, month (since 1970), category, cents of US dollars."""

    def __init__(self, world: World) -> None:
        last = world.span.last
        days = np.arange(last - 7 * (_WEEKS - 1), last + 1, 7, dtype=np.int64)
        sums = [self._sums(world, int(day)) for day in days]
        keys = np.concatenate([key for key, _ in sums])
        self.day: Ints = np.concatenate([np.full(len(key), day) for (key, _), day in zip(sums, days, strict=True)])
        self.cents: Ints = np.concatenate([cents for _, cents in sums])
        distinct, self.record = np.unique(keys, return_inverse=True)
        self.count = len(distinct)
        owner_and_month, self.category = np.divmod(keys, len(CATEGORIES))
        self.owner, self.month = np.divmod(owner_and_month, 4096)

    @staticmethod
    def _sums(world: World, day: int) -> tuple[Ints, Ints]:
        """Owner, month and category in one number, and the sum, of every forecast called on the evening of the day."""
        played, walked, moment = world.deals, world.walked, (day + 1) * DAY - 1
        deal = np.flatnonzero((played.created <= moment) & ~played.deleted & ~played.amount_missing)
        row = walked.latest(deal, np.full(len(deal), moment))
        months = month_number(walked.close_day[row])
        this = int(month_number(np.array([day]))[0])
        category = _OF_STAGE[walked.stage[row]]
        wanted = np.flatnonzero((row >= 0) & (category >= 0) & ((months == this) | (months == this + 1)))
        deal, row = deal[wanted], row[wanted]
        owner = played.owner_at(deal, np.full(len(deal), moment))
        cents = walked.cents[row]
        dollars = np.where(played.currency[deal] == EUR, cents * world.rates.on(np.full(len(deal), day)) // 10_000, cents)
        key = (owner * 4096 + months[wanted]) * len(CATEGORIES) + category[wanted]
        distinct, place = np.unique(key, return_inverse=True)
        totals = np.zeros(len(distinct), dtype=np.int64)
        np.add.at(totals, place, dollars)
        return distinct, totals


class Adjustments:
    """Which forecasts a manager changed, and to what; `late` marks those entered after their month had ended."""

    def __init__(self, world: World, calls: Calls) -> None:
        traits = Traits(world.seed, "adjustment")
        every = np.arange(calls.count, dtype=np.int64)
        # Adjusted once, in the last week in which the forecast was called.
        newest = np.zeros(calls.count, dtype=np.int64)
        newest[calls.record] = np.arange(len(calls.record))
        chosen = (calls.category[newest] < CATEGORIES.index("Closed")) & traits.chance("there", _ADJUSTED, every)
        self.item: Ints = every[chosen]
        self.call: Ints = newest[chosen]
        starts = first_day(calls.month[self.call] + 1)
        late = traits.chance("late", _LATE, self.item) & (starts + 3 <= world.span.last)
        self.late = late
        self.day: Ints = np.where(late, starts + 3, calls.day[self.call])
        change: Floats = 0.7 + 0.6 * traits.unit("change", self.item)
        self.cents: Ints = (calls.cents[self.call] * change / 100).astype(np.int64) * 100
        self.note: Ints = traits.below("note", len(_NOTES), self.item)


def versions(world: World, calls: Calls, adjustments: Adjustments) -> list[Versions]:
    """Both objects."""
    item_ids = IdSpace("ForecastingItem", calls.count)
    ids, users = IdSpace("ForecastingAdjustment", len(adjustments.item)), world.spaces["User"]
    adjusted = np.full(calls.count, -1, dtype=np.int64)
    adjusted[adjustments.item] = np.arange(len(adjustments.item))

    def periods(month: Ints) -> pa.StringArray:
        return cells.dates(first_day(month))

    def items(which: Ints) -> pa.Table:
        by = adjusted[calls.record[which]]
        changed = (by >= 0) & (adjustments.day[by] <= calls.day[which]) if len(adjustments.item) else by >= 0
        cents = np.where(changed, adjustments.cents[by], calls.cents[which]) if len(adjustments.item) else calls.cents[which]
        return pa.table(
            {
                "Id": item_ids.of(calls.record[which]),
                "OwnerId": users.of(calls.owner[which]),
                "StartDate": periods(calls.month[which]),
                "ForecastCategoryName": cells.words(CATEGORIES, calls.category[which]),
                "AmountWithoutAdjustments": cells.money(calls.cents[which]),
                "ForecastAmount": cells.money(cents),
                "HasAdjustment": cells.flags(changed),
                "CurrencyIsoCode": cells.same("USD", len(which)),
                "CreatedDate": cells.timestamps(calls.day[which] * DAY + 64_800),
            }
        )

    def changes(which: Ints) -> pa.Table:
        call, owner = adjustments.call[which], calls.owner[adjustments.call[which]]
        return pa.table(
            {
                "Id": ids.of(which),
                "ForecastingItemId": item_ids.of(adjustments.item[which]),
                "ForecastOwnerId": users.of(owner),
                "OwnerId": users.of(world.people.manager_on(owner, adjustments.day[which])),
                "StartDate": periods(calls.month[call]),
                "ForecastCategoryName": cells.words(CATEGORIES, calls.category[call]),
                "ForecastAmount": cells.money(calls.cents[call]),
                "AdjustedAmount": cells.money(adjustments.cents[which]),
                "AdjustmentNote": cells.words(_NOTES, adjustments.note[which]),
                "CreatedDate": cells.timestamps(adjustments.day[which] * DAY + 66_600),
            }
        )

    return [
        crm("ForecastingItem", calls.record, calls.day, items),
        crm("ForecastingAdjustment", np.arange(len(adjustments.item)), adjustments.day, changes),
    ]
