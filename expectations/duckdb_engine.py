"""Great Expectations inside DuckDB: the execution engine and the fluent datasource that the library lacks.

Importing this module imports great_expectations, which takes seconds: import it only where checks run.
"""

from __future__ import annotations

from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.datasource.fluent.interfaces import DataAsset
from great_expectations.datasource.fluent.sql_datasource import QueryAsset, TableAsset
from great_expectations.execution_engine import SqlAlchemyExecutionEngine

from warehouse.database import configure

# Named here because a datasource has a field called `type`.
AssetTypes = list[type[DataAsset]]
EngineType = type[SqlAlchemyExecutionEngine]


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]  # the library has no types
    """An execution engine that keeps one connection, because a DuckDB result dies with the connection that made it.

    The base class reads a result after it has given the connection back, so over DuckDB every expectation ends in
    "list index out of range". Metrics that DuckDB answers better than generic SQL are in `expectations.duckdb_metrics`.
    """

    def _setup_engine(
        self,
        kwargs: MutableMapping[str, Any],
        connection_string: str | None = None,
        credentials: dict[str, Any] | None = None,
        url: str | None = None,
    ) -> None:
        # One connection for reads, temporary tables and reflection alike; a pool would open handles that outlive dispose().
        # It is shared with the library's own probes, so nobody may leave a transaction open on it.
        options = {"isolation_level": "AUTOCOMMIT", **kwargs, "poolclass": sa.pool.StaticPool}
        super()._setup_engine(options, connection_string, credentials, url)
        sa.event.listen(self.engine, "connect", lambda handle, _record: configure(handle))

    _connection: sa.Connection | None

    @contextmanager
    def get_connection(self) -> Generator[sa.Connection, None, None]:
        """The one connection, opened at its first use and left open until `dispose`."""
        if self._connection is None or self._connection.closed:
            self._connection = self.engine.connect()
        yield self._connection

    def close(self) -> None:
        """Give back the connection and every handle on the file."""
        connection, self._connection, self._inspector = self._connection, None, None
        if connection is not None and not connection.closed:
            connection.close()
        self.engine.dispose()

    dispose = close


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]
    """A fluent datasource of type "duckdb": `context.data_sources.add_duckdb(name, connection_string="duckdb:///file")`."""

    asset_types: ClassVar[AssetTypes] = [TableAsset, QueryAsset]

    type: Literal["duckdb"] = "duckdb"

    @property
    def execution_engine_type(self) -> EngineType:
        """The engine that answers this datasource's metrics."""
        return DuckDBExecutionEngine

    def get_engine(self) -> sa.Engine:
        """The engine of the execution engine: a second one would be a second handle on the file."""
        engine: sa.Engine = self.get_execution_engine().engine
        return engine

    def dispose(self) -> None:
        """Close every handle on the file, so that anybody may open it with any configuration."""
        engine: SqlAlchemyExecutionEngine | None = getattr(self, "_execution_engine", None)
        if engine is not None:
            engine.close()
        self._execution_engine = None


def connection_string(path: Path) -> str:
    """The SQLAlchemy address of a database file, whatever characters its name holds."""
    return sa.URL.create("duckdb", database=str(path)).render_as_string(hide_password=False)
