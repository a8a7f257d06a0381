"""The smaller subsidiary that works with HubSpot: deals, contacts and companies, engagements, owners and goals.

Belongs here: its people, clients and deals, and how HubSpot exports them (all text; owners, stages and pipelines by id; merged
ids as `a;b`). Does not: the company on Salesforce, which is the rest of the room.
"""

from __future__ import annotations

from sample.archive import Versions
from sample.hubspot import deal_exports, engagements, owners, records
from sample.hubspot.clients import found
from sample.truth import Defects
from sample.world import World


def versions(world: World) -> list[Versions]:
    """Every object of HubSpot."""
    subsidiary = found(world)
    return [
        *owners.versions(world, subsidiary.owners),
        *records.versions(world, subsidiary),
        *deal_exports.versions(world, subsidiary),
        *engagements.versions(world, subsidiary),
    ]


def defects(world: World) -> list[Defects]:
    """What is wrong in them."""
    subsidiary = found(world)
    return [
        *records.defects(world, subsidiary),
        *deal_exports.defects(world, subsidiary),
        *engagements.defects(world, subsidiary),
    ]
