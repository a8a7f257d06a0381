"""The Campaign and CampaignMember exports: what marketing planned and who answered."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions, crm
from sample.campaigns import TYPES
from sample.draws import Ints
from sample.ids import IdSpace
from sample.moments import month_number
from sample.timeline import DAY, Timeline
from sample.traits import Traits
from sample.world import World

_STATES = ("Planned", "In Progress", "Completed")
_MEMBER_STATES = ("Sent", "Responded")
# For every lead that a campaign brought, so many others were written to and did not answer.
_UNANSWERED = 0.35


def versions(world: World) -> list[Versions]:
    """Both objects."""
    return [_campaigns(world), _members(world)]


def names(world: World) -> pa.StringArray:
    """The name of each campaign, such as "Webinar series 2026 Q3"."""
    plan = world.campaigns
    quarter = month_number(plan.start_day) // 3
    return cells.joined(
        cells.words([entry[1] for entry in TYPES], plan.kind),
        " ",
        cells.integers(quarter // 4 + 1970),
        " Q",
        cells.integers(quarter % 4 + 1),
    )


def _campaigns(world: World) -> Versions:
    plan, last = world.campaigns, world.span.last
    every = np.arange(plan.count, dtype=np.int64)
    planned = np.minimum(plan.start_day - 30, last)
    days = [(every, planned * DAY)]
    for day in (plan.start_day, plan.end_day + 1):
        which = np.flatnonzero(day <= last)
        days.append((which, day[which] * DAY))
    happened = Timeline(days)
    ids, named = IdSpace("Campaign", plan.count), names(world)

    def rows(which: Ints) -> pa.Table:
        campaign, day = happened.record[which], happened.day[which]
        state = (day >= plan.start_day[campaign]).astype(np.int64) + (day > plan.end_day[campaign])
        # What was spent so far, by the share of the quarter that has passed.
        passed = np.clip(day - plan.start_day[campaign] + 1, 0, 92)
        spent = np.where(state == 2, plan.cost[campaign], plan.cost[campaign] * passed // 92)
        return pa.table(
            {
                "Id": ids.of(campaign),
                "Name": cells.words(named, campaign),
                "Type": cells.words([entry[0] for entry in TYPES], plan.kind[campaign]),
                "Status": cells.words(_STATES, state),
                "StartDate": cells.dates(plan.start_day[campaign]),
                "EndDate": cells.dates(plan.end_day[campaign]),
                "BudgetedCost": cells.money(plan.budget[campaign] * 100),
                "ActualCost": cells.money(spent * 100),
                "CreatedDate": cells.timestamps(planned[campaign] * DAY + 12 * 3600),
                "LastModifiedDate": cells.timestamps(np.minimum(day * DAY + 12 * 3600, world.span.end - 1)),
            }
        )

    return crm("Campaign", happened.record, happened.day, rows)


def _members(world: World) -> Versions:
    """Every lead that came by a campaign, and some that were written to by the newsletter's campaign without an answer."""
    leads, plan, traits = world.leads, world.campaigns, Traits(world.seed, "campaign member")
    every = np.arange(leads.count, dtype=np.int64)
    came = np.flatnonzero((leads.campaign >= 0) & (leads.twin < 0))
    silent = np.flatnonzero((leads.twin < 0) & (leads.campaign < 0) & traits.chance("written to", _UNANSWERED, every))
    written = leads.created[silent] + traits.between("written after", DAY, 30 * DAY, silent)
    silent, written = silent[written < world.span.end], written[written < world.span.end]
    quarter = np.searchsorted(plan.start_day[: plan.quarters], written // DAY, side="right") - 1
    content = [entry[0] for entry in TYPES].index("Content") * plan.quarters
    lead = np.concatenate([came, silent])
    campaign = np.concatenate([leads.campaign[came], content + quarter])
    moment = np.concatenate([leads.created[came] + 300, written])
    moment = np.minimum(moment, world.span.end - 1)
    answered = np.arange(len(lead)) < len(came)
    ids = IdSpace("CampaignMember", len(lead))

    def rows(which: Ints) -> pa.Table:
        return pa.table(
            {
                "Id": ids.of(which),
                "CampaignId": IdSpace("Campaign", plan.count).of(campaign[which]),
                "LeadId": world.spaces["Lead"].of(lead[which]),
                "ContactId": cells.blank(len(which)),
                "Status": cells.words(_MEMBER_STATES, answered[which].astype(np.int64)),
                "HasResponded": cells.flags(answered[which]),
                "FirstRespondedDate": cells.dates(moment[which] // DAY, answered[which]),
                "CreatedDate": cells.timestamps(moment[which]),
            }
        )

    return crm("CampaignMember", np.arange(len(lead)), moment // DAY, rows)
