"""What a gate says: one status for every expected check, the data it holds for, and whether publishing may go on.

A verdict is a file: publishing compares its table hashes with the build's and refuses one that is about other data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from warehouse.errors import CheckFailedError, StateError
from warehouse.files import write_whole

FORMAT = 1


class Status(StrEnum):
    """How one check ended. Only the first three let publishing go on."""

    PASSED = "passed"
    WARNED = "warned"
    ACCEPTED = "accepted"
    FAILED = "failed"
    ERRORED = "errored"
    NOT_RUN = "not_run"
    BLOCKED = "blocked"


GOOD = frozenset({Status.PASSED, Status.WARNED, Status.ACCEPTED})


@dataclass(frozen=True)
class RuleResult:
    """How one rule ended, with its definition, so that a report needs nothing else.

    Attributes:
        status: see Status.
        detail: one sentence; why it failed, or what a reader should know about a pass.
        failed_rows: rows that fail; None where the expectation is about the table as a whole.
        checked_rows: rows the rule looked at.
        observed: the measured value of an expectation about the whole table, as text.
        accepted_because: the reason a person gave, when accepted.
        failing_rows: base path (without suffix) of the .parquet and .csv with every failing row; None without any.
        seconds: time its table took, shared by the rules of that table; not part of the hash.
    """

    name: str
    layer: str
    table: str
    expectation: str
    kwargs: Mapping[str, Any]
    severity: str
    max_failure_rate: float | None
    question: str
    how_to_fix: str
    key: tuple[str, ...]
    source: str
    check_version: str
    status: Status
    detail: str = ""
    failed_rows: int | None = None
    checked_rows: int | None = None
    observed: str | None = None
    accepted_because: str = ""
    failing_rows: str | None = None
    seconds: float = 0.0

    @property
    def failure_rate(self) -> float | None:
        """0 to 1; None where no single row fails or no row was looked at."""
        if self.failed_rows is None or not self.checked_rows:
            return None
        return self.failed_rows / self.checked_rows

    @property
    def blocks(self) -> bool:
        """Whether this result alone keeps the data from being published."""
        return self.status not in GOOD


@dataclass(frozen=True)
class TableState:
    """The content a check saw: rows, and an order-free hash over all columns."""

    rows: int
    hash: str


@dataclass(frozen=True)
class GateResult:
    """The verdict of one gate, or of several combined (layer is then a list joined by "+").

    Attributes:
        results: one per expected check.
        tables: "schema.table" -> its content when it was checked.
        problems: what blocks beyond single checks: an empty suite, a check nobody expected.
        unused_acceptances: accepted names that no failing check has; a person should remove them.
    """

    layer: str
    results: tuple[RuleResult, ...]
    tables: Mapping[str, TableState]
    problems: tuple[str, ...] = ()
    unused_acceptances: tuple[str, ...] = ()

    @property
    def blocking(self) -> tuple[RuleResult, ...]:
        """The results that keep the data from being published."""
        return tuple(result for result in self.results if result.blocks)

    @property
    def may_publish(self) -> bool:
        """True only if something was checked and nothing blocks."""
        return bool(self.results) and not self.problems and not self.blocking

    @property
    def hash(self) -> str:
        """A hash over every check, its version, its outcome and the data it holds for."""
        return hashlib.sha256(json.dumps(self._content(), sort_keys=True).encode()).hexdigest()

    def counts(self) -> dict[Status, int]:
        """How many checks ended each way, in the order of Status."""
        return {status: sum(result.status is status for result in self.results) for status in Status}

    def require(self) -> None:
        """Raise if publishing must not go on.

        Raises:
            CheckFailedError: names what blocks, and how to accept a rule.
        """
        if self.may_publish:
            return
        names = [f"{result.name} ({result.status.value}: {result.detail})" for result in self.blocking[:5]]
        more = len(self.blocking) - len(names)
        reasons = [*self.problems, *names, *([f"and {more} more"] if more > 0 else [])]
        raise CheckFailedError(
            f"The {self.layer} checks do not let the data be published: {'; '.join(reasons) or 'nothing was checked'}",
            f"layer {self.layer}; the report is reports/data_docs/index.html in the working folder",
            "read the validation report, mend the rows it lists, or accept a failing rule by name with a reason",
        )

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain values."""
        content = self._content()
        for item, result in zip(content["checks"], self.results, strict=True):
            item["seconds"] = round(result.seconds, 3)
            item["failing_rows"] = result.failing_rows
        return {**content, "format": FORMAT, "may_publish": self.may_publish, "hash": self.hash}

    def write(self, path: Path) -> Path:
        """Write the verdict file, whole or not at all."""
        write_whole(path, json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n")
        return path

    def _content(self) -> dict[str, Any]:
        checks = []
        for result in self.results:
            check = _plain(asdict(result))
            del check["seconds"], check["failing_rows"]
            checks.append(check)
        return {
            "layer": self.layer,
            "checks": checks,
            "tables": {table: asdict(self.tables[table]) for table in sorted(self.tables)},
            "problems": list(self.problems),
            "unused_acceptances": list(self.unused_acceptances),
        }


def read_verdict(path: Path) -> GateResult:
    """Read a verdict file.

    Raises:
        StateError: it is missing, not a verdict, or its content does not match its hash.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        results = tuple(
            RuleResult(**{**check, "status": Status(check["status"]), "key": tuple(check["key"])}) for check in stored["checks"]
        )
        tables = {table: TableState(**state) for table, state in stored["tables"].items()}
        verdict = GateResult(stored["layer"], results, tables, tuple(stored["problems"]), tuple(stored["unused_acceptances"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateError(f"The verdict cannot be read: {error}", str(path), "run the checks again") from error
    if verdict.hash != stored.get("hash") or stored.get("format") != FORMAT:
        raise StateError("The verdict does not match its own hash", str(path), "run the checks again")
    return verdict


def combine(verdicts: Iterable[GateResult]) -> GateResult:
    """One verdict over several gates of one build.

    A table that two gates saw with different content blocks: one of the two verdicts is about data that is gone.
    """
    gates = tuple(verdicts)
    problems = [problem for gate in gates for problem in gate.problems]
    problems += [f"the {gate.layer} gate checked nothing" for gate in gates if not gate.results and not gate.problems]
    if not gates:
        problems.append("no gate has run")
    tables: dict[str, TableState] = {}
    names: set[str] = set()
    for gate in gates:
        for table, state in gate.tables.items():
            if tables.setdefault(table, state) != state:
                problems.append(f"{table} changed between two gates")
        for result in gate.results:
            if result.name in names:
                problems.append(f"two gates report a check named {result.name}")
            names.add(result.name)
    # An acceptance that one layer cannot use may belong to another.
    unused = [set(gate.unused_acceptances) for gate in gates]
    return GateResult(
        layer="+".join(gate.layer for gate in gates),
        results=tuple(result for gate in gates for result in gate.results),
        tables=tables,
        problems=tuple(problems),
        unused_acceptances=tuple(sorted(set.intersection(*unused))) if unused else (),
    )


def _plain(value: Any) -> Any:
    """Plain JSON values, the same before and after a trip through a file."""
    return json.loads(json.dumps(value, default=str))
