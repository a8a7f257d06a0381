"""Every source beside the CRM, marketing automation and HR's employees: one function of each module, called in turn."""

from __future__ import annotations

from collections.abc import Callable

from sample.archive import Versions
from sample.world import World

_SOURCES: tuple[Callable[[World], list[Versions]], ...] = ()


def versions(world: World) -> list[Versions]:
    """All their objects with all their versions."""
    return [object_versions for source in _SOURCES for object_versions in source(world)]
