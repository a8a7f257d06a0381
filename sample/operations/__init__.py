"""What the company's other systems export: finance, ERP, support, HR, delivery, tools, enrichment and enablement.

Belongs here: one module a system. Does not: CRM, marketing automation and HR's employees, which are the rest of the room.
"""

from __future__ import annotations

from sample.archive import Versions
from sample.operations import (
    delivery,
    enablement,
    enrichment,
    erp,
    finance,
    people_ops,
    production,
    spend,
    support,
    tools,
)
from sample.truth import Defects
from sample.world import World

_SYSTEMS = (
    finance, erp, production, support, people_ops, spend, delivery, tools, enrichment, enablement,
)  # fmt: skip


def versions(world: World) -> list[Versions]:
    """All their objects with all their versions."""
    return [object_versions for system in _SYSTEMS for object_versions in system.versions(world)]


def defects(world: World) -> list[Defects]:
    """What was injected into them."""
    return [found for system in _SYSTEMS for found in system.defects(world)]
