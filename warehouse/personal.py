"""The secret of a home, and keyed hashes of personal values: equal values are told as equal, and nothing leads back to them.

The key lies in the home (`personal.key`, readable by its owner only) or comes from SALESOPS_PERSONAL_KEY. Whoever has both
the key and a value can tell whether the value is the hashed one; without the key nobody can.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from pathlib import Path

import duckdb

from warehouse.errors import ConfigurationError, StateError, write_refused

VARIABLE = "SALESOPS_PERSONAL_KEY"
FILE = "personal.key"
NAME = "personal_key"
TABLE = f"config.{NAME}"
SHORTEST = 16
_BLOCK = 64


def key_file(root: Path) -> Path:
    """Where the key of a home lies."""
    return root / FILE


def key(root: Path) -> bytes:
    """The key of a home; made on the first need.

    Raises:
        ConfigurationError: the one in the environment is too short.
        StateError: the one in the home is damaged, or none can be made.
    """
    path = key_file(root)
    found = existing_key(root)
    if found is not None:
        return found
    draft = path.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link is refused where a name exists: of two processes that make the first key, one wins and both use it.
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:
            draft.replace(path)
    except OSError as error:
        raise write_refused(error, path) from error
    finally:
        draft.unlink(missing_ok=True)
    made = existing_key(root)
    assert made is not None
    return made


def existing_key(root: Path) -> bytes | None:
    """The key of a home, or None before anybody needed one."""
    given = os.environ.get(VARIABLE)
    if given:
        if len(given) < SHORTEST:
            raise ConfigurationError("The key for personal data is too short", VARIABLE, f"use {SHORTEST} characters or more")
        return given.encode("utf-8")
    path = key_file(root)
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise _damaged(path)
    return bytes.fromhex(text)


def normal(kind: str, value: str) -> str:
    """A value as it is hashed: capitals, blanks around it and the punctuation of telephone numbers do not matter."""
    text = unicodedata.normalize("NFKC", value).strip().casefold()
    if kind == "phone":
        return re.sub(r"\D", "", text).lstrip("0")
    return " ".join(text.split())


def keyed_hash(secret: bytes, kind: str, value: str) -> str:
    """HMAC-SHA256 over kind and normalised value: 64 hexadecimal digits."""
    return hmac.new(secret, f"{kind}\0{normal(kind, value)}".encode(), hashlib.sha256).hexdigest()


def pads(secret: bytes) -> tuple[str, str]:
    """The inner and the outer pad of HMAC-SHA256 (RFC 2104) in hexadecimal: what SQL needs to compute it."""
    block = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block).hex(), bytes(b ^ 0x5C for b in block).hex()


def write_table(connection: duckdb.DuckDBPyConnection, root: Path) -> None:
    """Give the key to dbt: one row in the schema `config`, which is never published."""
    inner, outer = pads(key(root))
    connection.execute("CREATE SCHEMA IF NOT EXISTS config")
    connection.execute(f"CREATE OR REPLACE TABLE {TABLE} (inner_pad VARCHAR, outer_pad VARCHAR)")
    connection.execute(f"INSERT INTO {TABLE} VALUES (?, ?)", [inner, outer])


def mark(root: Path) -> str:
    """What tells one key from another without saying it; empty before there is one."""
    found = existing_key(root)
    return keyed_hash(found, "mark", "")[:16] if found else ""


def _damaged(path: Path) -> StateError:
    return StateError(
        "The key for personal data cannot be read",
        str(path),
        "restore it from a backup; with another key the keyed hashes change, and people who were erased are not recognised",
    )
