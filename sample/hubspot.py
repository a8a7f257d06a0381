"""The smaller subsidiary that works with HubSpot: deals, contacts and companies, engagements, owners and goals.

Everything is text, owners, stages and pipelines are told by id, and what was merged stands in one field as `a;b`.
"""

from __future__ import annotations

from sample import hubspot_deal_exports, hubspot_engagements, hubspot_owners, hubspot_records
from sample.archive import Versions
from sample.hubspot_clients import found
from sample.truth import Defects
from sample.world import World


def versions(world: World) -> list[Versions]:
    """Every object of HubSpot."""
    subsidiary = found(world)
    return [
        *hubspot_owners.versions(world, subsidiary.owners),
        *hubspot_records.versions(world, subsidiary),
        *hubspot_deal_exports.versions(world, subsidiary),
        *hubspot_engagements.versions(world, subsidiary),
    ]


def defects(world: World) -> list[Defects]:
    """What is wrong in them."""
    subsidiary = found(world)
    return [
        *hubspot_records.defects(world, subsidiary),
        *hubspot_deal_exports.defects(world, subsidiary),
        *hubspot_engagements.defects(world, subsidiary),
    ]
