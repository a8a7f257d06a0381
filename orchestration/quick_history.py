"""Dagster's SQLite event log without the waiting: connections stay open for as long as a run takes.

For each event Dagster makes a new engine, connects, commits and closes, several times; each close of the last connection
copies the write-ahead log into the database and waits for the disk. On a run of 50 models and 107 checks that is 1,700
connections. With one open connection a file and `synchronous = NORMAL`, SQLite waits only at its own checkpoints: a killed
process loses nothing; a power cut can lose a run's last events, but not damage the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from dagster import DagsterInstance


@contextmanager
def quick_history(instance: DagsterInstance) -> Iterator[DagsterInstance]:
    """Keep the event log's connections open inside the block; any other storage than SQLite files is left as it is."""
    from dagster._core.storage.event_log import SqliteEventLogStorage

    storage: Any = instance.event_log_storage
    if type(storage) is not SqliteEventLogStorage or not hasattr(storage, "_initdb"):
        yield instance
        return
    engines: dict[str, Any] = {}

    @contextmanager
    def connect(shard: str) -> Iterator[Any]:
        with storage._db_lock:
            if shard not in engines:
                engines[shard] = _engine(storage.conn_string_for_shard(shard))
            if shard not in storage._initialized_dbs:
                storage._initdb(engines[shard])
                storage._initialized_dbs.add(shard)
            with engines[shard].connect() as connection, connection.begin():
                yield connection

    @cache
    def has_table(name: str) -> bool:
        return bool(type(storage).has_table(storage, name))

    # Attributes of this one object, so that other instances in the process keep Dagster's own way.
    vars(storage).update(_connect=connect, has_table=has_table)
    try:
        yield instance
    finally:
        del storage._connect, storage.has_table
        for engine in engines.values():
            engine.dispose()


def _engine(address: str) -> Any:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import StaticPool

    # One connection for all threads: Dagster takes its lock around every use.
    engine = create_engine(address, poolclass=StaticPool, connect_args={"timeout": 60, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def relax(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine
