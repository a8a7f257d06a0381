"""The OpportunityFieldHistory export: every change of a deal's amount, close date and owner."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions, crm
from sample.draws import Ints
from sample.ids import IdSpace
from sample.timeline import DAY
from sample.world import World

_FIELDS = ("Amount", "CloseDate", "Owner")
_AMOUNT, _CLOSE_DATE, _OWNER = range(len(_FIELDS))


def versions(world: World) -> Versions:
    """One record for each change; those of deleted deals went with them."""
    deal, moment, field, old, new = _changes(world)
    ids, users = IdSpace("OpportunityFieldHistory", len(deal)), world.spaces["User"]

    def rows(which: Ints) -> pa.Table:
        return pa.table(
            {
                "Id": ids.of(which),
                "OpportunityId": world.spaces["Opportunity"].of(deal[which]),
                "Field": cells.words(_FIELDS, field[which]),
                "OldValue": _values(users, field[which], old[which]),
                "NewValue": _values(users, field[which], new[which]),
                "CreatedById": users.of(world.deals.owner_at(deal[which], moment[which] - 1)),
                "CreatedDate": cells.timestamps(moment[which]),
            }
        )

    return crm("OpportunityFieldHistory", np.arange(len(deal)), moment // DAY, rows)


def _changes(world: World) -> list[Ints]:
    walked, played = world.walked, world.deals
    follows = np.flatnonzero((walked.deal[1:] == walked.deal[:-1]) & ~played.deleted[walked.deal[1:]]) + 1
    amount = follows[(walked.cents[follows] != walked.cents[follows - 1]) & ~played.amount_missing[walked.deal[follows]]]
    close = follows[walked.close_day[follows] != walked.close_day[follows - 1]]
    handed = np.flatnonzero((played.handovers.at < world.span.end) & ~played.deleted)
    columns = (
        (walked.deal[amount], walked.deal[close], handed),
        (walked.moment[amount], walked.moment[close], played.handovers.at[handed]),
        (np.full(len(amount), _AMOUNT), np.full(len(close), _CLOSE_DATE), np.full(len(handed), _OWNER)),
        (walked.cents[amount - 1], walked.close_day[close - 1], played.owner[handed]),
        (walked.cents[amount], walked.close_day[close], played.handovers.heir[handed]),
    )
    deal, moment, field, old, new = (np.concatenate(column) for column in columns)
    order = np.lexsort((field, moment, deal))
    return [column[order] for column in (deal, moment, field, old, new)]


def _values(users: IdSpace, field: Ints, value: Ints) -> pa.StringArray:
    amounts = cells.money(np.where(field == _AMOUNT, value, 0))
    days = cells.dates(value, field == _CLOSE_DATE)
    owners = users.of(np.where(field == _OWNER, value, -1))
    return cells.chosen(field == _AMOUNT, amounts, cells.chosen(field == _CLOSE_DATE, days, owners))
