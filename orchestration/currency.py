"""Whether the served version is right for the current input, and what of the input is held back. By state, never by memory."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ingestion import ingest
from orchestration import fingerprint
from orchestration.settings import Settings
from serving.model import Publication
from warehouse.ledger import Ledger

ROLLED_BACK = "rollback"


@dataclass(frozen=True)
class Currency:
    """`is_current`: a run would change nothing. `rolled_back`: a person put an older version back over this very input."""

    is_current: bool
    served: Publication | None
    rolled_back: str = ""


def look(settings: Settings, as_of: dt.date | None) -> Currency:
    """Compare the inbox, the ledger, the configuration and the code with what is served. Reads only.

    Raises:
        InboxError, ContractError, ConfigurationError: as a run would.
    """
    from serving.publish import current

    served = current(settings.home.serving)
    is_new = ingest.pending(settings.home, settings.contracts(), settings.inbox, second_look=False)
    if is_new or not settings.home.build.is_file():
        return Currency(False, served)
    mark = fingerprint.of(settings, as_of)
    if served is not None and served.fingerprint == mark:
        return Currency(True, served)
    events = Ledger(settings.home.ledger).events(ROLLED_BACK)
    if served is not None and events and events[-1].body["from_fingerprint"] == mark:
        return Currency(True, served, str(events[-1].body["reason"]) or "no reason given")
    return Currency(False, served)
