"""What is wrong with the deals, rule by rule, as they stand on the last day."""

from __future__ import annotations

import numpy as np

from sample.activities import Touches
from sample.cells import integers
from sample.deal_team import Splits
from sample.deals import LOST, OPEN, WON
from sample.draws import Flags
from sample.history import CLOSED_WON
from sample.opportunities import DealFacts
from sample.timeline import DAY
from sample.truth import Defects
from sample.world import World

_UNTOUCHED_DAYS = 30
_TWO_YEARS = 730
_MANY_PUSHES = 3


def found(world: World, facts: DealFacts, touches: Touches) -> list[Defects]:
    """Every rule about opportunities; deleted ones do not count."""
    played, walked, last = world.deals, world.walked, world.span.last
    kept = ~played.deleted
    is_open, closed = kept & (played.outcome == OPEN), kept & (played.outcome != OPEN)
    close_day, stage = walked.close_day[walked.last], walked.stage[walked.last]
    created_day, recorded_day = played.created // DAY, played.recorded // DAY
    owner = played.handovers.last_owner(played.owner)
    first = np.searchsorted(walked.deal, facts.every)
    regressed = np.isin(facts.every, walked.regressed)
    pushes = _pushes(world)
    rules: list[tuple[str, Flags]] = [
        ("won_without_amount", kept & (played.outcome == WON) & played.amount_missing),
        ("closed_in_future", closed & (close_day > last)),
        ("open_past_close_date", is_open & (close_day < last)),
        ("loss_without_reason", kept & facts.reasonless),
        ("amount_missing_after_first_stage", is_open & played.amount_missing & (stage > walked.stage[first])),
        ("amount_differs_from_lines", kept & facts.line_lost & (facts.listed_at < world.span.end)),
        ("amount_zero_on_loss", kept & (played.outcome == LOST) & played.zeroed),
        ("probability_contradicts_stage", facts.odd_probability),
        ("forecast_category_contradicts_stage", facts.odd_category),
        ("stage_regressed", kept & regressed),
        ("created_and_closed_same_day", closed & (created_day == recorded_day)),
        ("close_date_pushed_3_times", kept & (pushes >= _MANY_PUSHES)),
        ("close_date_beyond_two_years", is_open & (close_day > last + _TWO_YEARS)),
        ("created_after_closed", closed & (close_day < created_day)),
        ("close_entered_late", closed & (played.recorded > played.close)),
        ("owner_inactive", is_open & (world.people.end_day[owner] <= last)),
        ("open_without_next_step", is_open & facts.stepless),
        ("open_untouched_30_days", is_open & (np.maximum(touches.last, created_day) < last - _UNTOUCHED_DAYS)),
        ("open_without_account", is_open & (played.account < 0)),
        ("test_deal", kept & facts.is_try),
        ("revenue_split_not_100", np.isin(facts.every, Splits(world).wrong)),
    ]
    ids = world.spaces["Opportunity"]
    details = {"close_date_pushed_3_times": pushes}
    defects = []
    for rule, flag in rules:
        which = np.flatnonzero(flag)
        detail = integers(details[rule][which]) if rule in details else ""
        defects.append(Defects(rule, "salesforce.Opportunity", ids.of(which), detail))
    return defects


def _pushes(world: World) -> np.ndarray:
    """How often the close date of each deal was moved to a later day while it was open, by its history."""
    walked = world.walked
    follows = walked.deal[1:] == walked.deal[:-1]
    later = follows & (walked.close_day[1:] > walked.close_day[:-1]) & (walked.stage[1:] < CLOSED_WON)
    return np.bincount(walked.deal[1:][later], minlength=world.deals.count)
