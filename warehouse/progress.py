"""How long work tells a person where it stands."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called as work goes on; must be quick and must not raise."""

    def __call__(self, step: str, done: int, total: int, detail: str = "") -> None:
        """`done` of `total` units of `step` are finished; `detail` names what is in hand."""


def silent(step: str, done: int, total: int, detail: str = "") -> None:
    """The progress of whom nobody watches."""
