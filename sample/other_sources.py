"""Every source beside the CRM, marketing automation and HR's employees: one function of each module, called in turn."""

from __future__ import annotations

from collections.abc import Callable

from sample import (
    delivery,
    enablement,
    enrichment,
    erp,
    finance,
    hubspot,
    people_ops,
    production,
    spend,
    support,
    tools,
)
from sample.archive import Versions
from sample.truth import Defects
from sample.world import World

_SOURCES: tuple[Callable[[World], list[Versions]], ...] = (
    finance.versions,
    erp.versions,
    production.versions,
    support.versions,
    people_ops.versions,
    spend.versions,
    hubspot.versions,
    delivery.versions,
    tools.versions,
    enrichment.versions,
    enablement.versions,
)
_DEFECTS: tuple[Callable[[World], list[Defects]], ...] = (
    finance.defects,
    erp.defects,
    production.defects,
    support.defects,
    people_ops.defects,
    spend.defects,
    hubspot.defects,
    delivery.defects,
    tools.defects,
    enrichment.defects,
    enablement.defects,
)


def versions(world: World) -> list[Versions]:
    """All their objects with all their versions."""
    return [object_versions for source in _SOURCES for object_versions in source(world)]


def defects(world: World) -> list[Defects]:
    """What was injected into them."""
    return [found for source in _DEFECTS for found in source(world)]
