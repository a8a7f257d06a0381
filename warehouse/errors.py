"""Every refusal the product makes: what was wrong, where, what to do; one exit code per cause."""

from __future__ import annotations

import errno
from pathlib import Path


class SalesOpsError(Exception):
    """A refusal that a person can act on.

    Args:
        what: one sentence that says what was wrong.
        where: file, line, column or key it was found at; empty when there is no such place.
        todo: what the reader should do next.
    """

    exit_code: int = 1

    def __init__(self, what: str, where: str = "", todo: str = "") -> None:
        self.what = what
        self.where = where
        self.todo = todo
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [_sentence(self.what)]
        if self.where:
            parts.append(_sentence(f"Where: {self.where}"))
        if self.todo:
            parts.append(_sentence(f"What to do: {self.todo}"))
        return " ".join(parts)

    def __reduce__(self) -> tuple[type[SalesOpsError], tuple[str, str, str]]:
        return type(self), (self.what, self.where, self.todo)


class ConfigurationError(SalesOpsError):
    """A business file, an option or a name that cannot be used."""

    exit_code = 10


class InboxError(SalesOpsError):
    """The inbox is missing or cannot be read."""

    exit_code = 11


class ContractError(SalesOpsError):
    """A contract that is not valid, or that maps to something unknown."""

    exit_code = 12


class LockedError(SalesOpsError):
    """Another run holds the build file."""

    exit_code = 13


class DiskFullError(SalesOpsError):
    """No space left where the product writes."""

    exit_code = 14


class CheckFailedError(SalesOpsError):
    """A check that blocks publishing did not pass."""

    exit_code = 15


class PublishError(SalesOpsError):
    """The snapshot could not be written, verified or swapped in."""

    exit_code = 16


class StateError(SalesOpsError):
    """What lies under SALESOPS_HOME is damaged or not what it should be."""

    exit_code = 17


class TransformError(SalesOpsError):
    """A dbt model did not build."""

    exit_code = 18


class ErasureError(SalesOpsError):
    """A person who was to be erased is not gone from everywhere."""

    exit_code = 19


def is_disk_full(error: BaseException) -> bool:
    """Whether an OS or DuckDB error means that the disk (or the quota) is full."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return True
    text = str(error).lower()
    return any(sign in text for sign in ("no space left on device", "disk quota exceeded", "file too large"))


def cause_of(error: BaseException | None) -> SalesOpsError | None:
    """The refusal inside a chain of wrapped exceptions, or None."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, SalesOpsError):
            return error
        if is_disk_full(error):
            return disk_full(error)
        error = error.__cause__ or error.__context__
    return None


def disk_full(error: BaseException, where: str = "") -> DiskFullError:
    """The refusal for a full disk, naming the place where it is known."""
    place = where or getattr(error, "filename", None) or ""
    return DiskFullError(
        f"The disk is full: {str(error).splitlines()[0]}",
        str(place),
        "free some space (or set SALESOPS_HOME to a larger disk) and run the same command again; "
        "nothing was published and the served version is untouched",
    )


def write_refused(error: OSError, where: Path) -> SalesOpsError:
    """The refusal for what could not be written, for lack of space or of rights."""
    if is_disk_full(error):
        return disk_full(error, str(where))
    return StateError(f"It could not be written: {error.strerror or error}", str(where), "check the folder and its rights")


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
