"""What `salesops start` was told and wrote for one export, so that a further try before the first publication can change it.

A file that a person wrote, or edited since, is never changed; nor is any once numbers that were read by it are published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from orchestration import start_files
from orchestration.settings import Settings
from orchestration.start_wishes import Wishes
from serving.query import query
from serving.snapshots import current_file
from warehouse.database import literal
from warehouse.errors import StateError
from warehouse.files import write_whole

_NOT_KEPT = ("name", "date")


@dataclass(frozen=True)
class Written:
    """How far what was written can still change.

    `own` are the files that start may write again, with what is in them; `earlier` what was said when they were written;
    `why` says why another file of the company folder stays as it is.
    """

    own: Mapping[Path, bytes] = field(default_factory=dict)
    earlier: Wishes = field(default_factory=Wishes)
    why: str = ""


def written(settings: Settings, name: str) -> Written:
    """What an earlier try for an export of this name left that can still be changed.

    Raises:
        StateError: the record of it is damaged.
    """
    if is_published(settings, name):
        return Written(why="numbers that were read so are published")
    record = _record(settings, name)
    if not record.is_file() or not start_files.contract_file(settings, name).is_file():
        return Written(why="`salesops start` did not write it")
    try:
        kept: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
        own = {
            Path(path): content
            for path, digest in kept["files"].items()
            if Path(path).is_file() and hashlib.sha256(content := Path(path).read_bytes()).hexdigest() == digest
        }
        return Written(own, Wishes(**kept["said"]), "it was edited by hand")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StateError("The record of an earlier `salesops start` is damaged", str(record), "delete it") from error


def keep(settings: Settings, wishes: Wishes, paths: Sequence[Path]) -> None:
    """Keep what was said, and how the files that follow from it look."""
    said = {key: value for key, value in asdict(wishes).items() if key not in _NOT_KEPT}
    digests = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    text = json.dumps({"said": said, "files": digests}, ensure_ascii=False, indent=1)
    write_whole(_record(settings, wishes.name), text + "\n")


def is_published(settings: Settings, name: str) -> bool:
    """Whether deals that were read by the contract of this name are served."""
    if not current_file(settings.home.serving).exists():
        return False
    asked = f"select 1 from core.fct_opportunity where source = {literal(name)} limit 1"
    return bool(query(settings.home.serving, asked).num_rows)


def _record(settings: Settings, name: str) -> Path:
    return settings.home.started / f"{name}.json"
