"""Where a row of a raw table came from: the technical columns that every row carries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from warehouse.database import literal


@dataclass(frozen=True)
class Origin:
    """One file under one source and extract time; `sha256` of a second entry for one object ends in #2, of a third in #3."""

    source: str
    sha256: str
    extract_time: dt.datetime | None

    def entry(self, place: int) -> Origin:
        """The origin of the entry at a place (1-based) among those of one contract that feed one object.

        Each is kept apart, so that a key given by both has two versions, of which the later entry's wins.
        """
        return self if place == 1 else replace(self, sha256=f"{self.sha256}#{place}")

    @property
    def columns(self) -> str:
        """The technical columns of a good record."""
        return f"{self._shared}, {literal(self.sha256)} AS _sha256"

    def provisional(self, bad: str) -> str:
        """The technical columns of any record: one that fails by column n carries the mark sha256!n until it is taken out."""
        sha256 = literal(self.sha256)
        return f"{self._shared}, CASE WHEN {bad} IS NULL THEN {sha256} ELSE {sha256} || '!' || ({bad}) END AS _sha256"

    @property
    def condition(self) -> str:
        """True for the good rows of this origin."""
        return f"_sha256 = {literal(self.sha256)} AND {self._same}"

    @property
    def any_entry(self) -> str:
        """True for the good rows of this origin and of its further entries."""
        return f"(_sha256 = {literal(self.sha256)} OR starts_with(_sha256, {literal(self.sha256 + '#')})) AND {self._same}"

    @property
    def bad_condition(self) -> str:
        """True for the rows of this origin that must go before the commit."""
        return f"starts_with(_sha256, {literal(self.sha256 + '!')}) AND {self._same}"

    @property
    def _shared(self) -> str:
        return f"{literal(self.source)} AS _source, {self._moment} AS _extract_time"

    @property
    def _same(self) -> str:
        return f"_source = {literal(self.source)} AND _extract_time IS NOT DISTINCT FROM {self._moment}"

    @property
    def _moment(self) -> str:
        if self.extract_time is None:
            return "CAST(NULL AS TIMESTAMP)"
        return f"TIMESTAMP {literal(self.extract_time.isoformat(sep=' '))}"
