"""What a dbt command in this process tells Dagster: the same events as from dagster_dbt, with row counts and readable errors.

The conversion itself is dagster_dbt's; here is the way from dbt's threads to the generator that Dagster reads.
Imports dagster_dbt, which costs seconds: import it where it is used.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from dagster import AssetExecutionContext, AssetMaterialization, OpExecutionContext, Output, get_dagster_logger
from dagster._core.definitions.metadata import TableMetadataSet
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from dagster_dbt.core.dbt_event_iterator import DbtEventIterator
from dagster_dbt.dbt_project import DbtProject
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from orchestration.dbt_call import DbtCall

OnNode = Callable[[int, int, str, str, float], None]
"""Called after each node with: nodes done, nodes in all, name, dbt's status, seconds."""

BUILT = frozenset({"LogModelResult", "LogSeedResult", "LogSnapshotResult"})
FINISHED = BUILT | {"LogTestResult", "SkippingDetails", "LogSkipBecauseError", "LogNodeNoOpResult"}
WITHOUT_ROWS = frozenset({"view", "ephemeral"})
FAILED = ("error", "fail", "runtime error", "partial success")
BATCH_SECONDS = 0.5

logger = get_dagster_logger()


class DbtEventStream(DbtEventIterator):  # type: ignore[misc]  # dagster_dbt is not followed by the type checker
    """dagster_dbt's event iterator with the `close` of a generator, so that `yield from` hands an early end on to dbt."""

    def close(self) -> None:
        """Stop dbt if it still runs."""
        self._inner_iterator.close()


class DbtInProcessInvocation:
    """A dbt command in this process with the interface of dagster_dbt's DbtCliInvocation.

    Unlike there, dbt starts when the first event is asked for, not before.
    """

    # What DbtEventIterator's fetch_* methods look at: with no adapter they pass events on as they are.
    adapter = None
    is_fusion = False
    postprocessing_threadpool_num_threads = 1

    def __init__(
        self,
        call: DbtCall,
        manifest: Mapping[str, Any],
        translator: DagsterDbtTranslator,
        project: DbtProject | None,
        context: AssetExecutionContext | OpExecutionContext | None,
        raise_on_error: bool,
        on_node: OnNode | None,
    ) -> None:
        self.manifest = manifest
        self.dagster_dbt_translator = translator
        self.project = project
        self.context = context
        self.raise_on_error = raise_on_error
        self.target_path = call.folders.target_path
        self.project_dir = call.folders.project_dir
        self._call = call
        call.on_event = self._received
        self._on_node = on_node
        # An event with the row count of the table it reports.
        self._events: queue.SimpleQueue[tuple[Any, int | None]] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._rows: dict[str, int] = {}
        self._finished: set[str] = set()
        self._result: Any = None

    @property
    def dbt_command(self) -> str:
        """The command line that would do the same."""
        return " ".join(["dbt", *self._call.args])

    def stream(self) -> DbtEventStream:
        """Run dbt and yield Dagster's events as nodes finish.

        Raises:
            DagsterDbtCliRuntimeError: dbt failed and `raise_on_error` is set; raised after the last event.
        """
        return DbtEventStream(self._asset_events(), self)

    def stream_raw_events(self) -> Iterator[DbtCoreCliEventMessage]:
        """Run dbt and yield its own events of level info and above."""
        if self._result is not None:
            return
        # What the `log_column_level_metadata` macro of dagster's dbt package reports ahead of a node's result.
        columns: dict[str, Mapping[str, Any]] = {}
        for raw, unique_id in self._raw_events():
            if raw["info"]["name"] == "JinjaLogInfo" and unique_id and (logged := _json_object(raw["info"]["msg"])):
                columns[unique_id] = logged
                continue
            yield DbtCoreCliEventMessage(raw_event=raw, event_history_metadata=columns.get(unique_id or "", {}))
        if self.raise_on_error and (error := self.get_error()):
            raise error

    def wait(self) -> DbtInProcessInvocation:
        """Run dbt to its end."""
        for _ in self.stream_raw_events():
            pass
        return self

    def is_successful(self) -> bool:
        """Whether dbt ended well; runs it if it has not run."""
        if self._result is None:
            for _ in self._raw_events():
                pass
        return bool(self._result.success)

    def get_error(self) -> Exception | None:
        """What went wrong, in words for a person, or None."""
        if self.is_successful():
            return None
        causes = _causes(self._result)
        text = "\n\n".join([f"dbt {self._call.args[0]} failed.", *causes, f"The full log: {self._call.folders.log_file}"])
        # A second try helps against a held lock or a busy disk, never against wrong SQL or wrong data.
        passing = bool(causes) and all("IO Error" in cause for cause in causes)
        return cast("Exception", DagsterDbtCliRuntimeError(description=text, allow_retries=passing))

    def get_artifact(self, artifact: str) -> dict[str, Any]:
        """Read manifest.json, run_results.json, ... as this command left it."""
        return cast("dict[str, Any]", json.loads((self.target_path / artifact).read_bytes()))

    def _asset_events(self) -> Iterator[Any]:
        for message in self.stream_raw_events():
            for event in message.to_default_asset_events(
                manifest=self.manifest,
                dagster_dbt_translator=self.dagster_dbt_translator,
                context=self.context,
                target_path=self.target_path,
                project=self.project,
            ):
                yield self._with_row_count(event)

    def _with_row_count(self, event: Any) -> Any:
        if not isinstance(event, Output | AssetMaterialization):
            return event
        rows = self._rows.get(str(event.metadata["unique_id"].value))
        if rows is None:
            return event
        counted = TableMetadataSet(row_count=rows, storage_kind=self.manifest.get("metadata", {}).get("adapter_type"))
        return event.with_metadata({**event.metadata, **dict(counted)})

    def _raw_events(self) -> Iterator[tuple[dict[str, Any], str | None]]:
        logger.info(f"Running dbt in this process: `{self.dbt_command}`.")
        # A daemon: a second Ctrl-C must be able to end the process even when a statement cannot be interrupted.
        worker = threading.Thread(target=self._work, name="dbt", daemon=True)
        worker.start()
        try:
            # In small batches: to store each event as it comes makes this thread and dbt's fight for the interpreter.
            while True:
                ended = self._ended.wait(BATCH_SECONDS)
                while not self._events.empty():
                    yield self._as_dict(*self._events.get())
                if ended:
                    break
        finally:
            # Left early (an interrupt of Dagster, a closed generator), dbt stops and lets go of the database first.
            if worker.is_alive() and self._result is None:
                self._call.stop()
            while worker.is_alive():
                worker.join(timeout=0.2)
                if self._call.stopped:
                    self._call.cancel_statements()

    def _work(self) -> None:
        try:
            self._result = self._call.run()
        except BaseException as error:  # noqa: BLE001  # it belongs to the thread that reads the queue
            self._result = _Broken(error)
        finally:
            self._ended.set()

    def _received(self, event: Any) -> None:
        """Called by dbt in whichever of its threads something happened."""
        if event.info.level != "debug":
            self._events.put((event, self._count_rows(event) if event.info.name in BUILT else None))

    def _count_rows(self, event: Any) -> int | None:
        # Counted here, just after the model's commit and before the next event, so that events keep dbt's order: a check must
        # follow the materialization it is about. DuckDB answers from the table's header.
        node = event.data.node_info
        if node.node_status != "success" or node.materialized in WITHOUT_ROWS:
            return None
        if self.manifest.get("metadata", {}).get("adapter_type") != "duckdb":
            return None
        import duckdb
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        handle = DuckDBConnectionManager.env().handle()
        try:
            found = handle.cursor().execute(f"SELECT count(*) FROM {node.node_relation.relation_name}").fetchone()
            return int(found[0])
        except duckdb.Error as error:
            logger.warning(f"{node.node_name} was built, but its rows cannot be counted: {error}")
            return None
        finally:
            handle.close()

    def _as_dict(self, event: Any, rows: int | None) -> tuple[dict[str, Any], str | None]:
        from dbt_common.events.functions import msg_to_dict

        raw = cast("dict[str, Any]", msg_to_dict(event))
        unique_id = raw["data"].get("node_info", {}).get("unique_id") or None
        if unique_id and rows is not None:
            self._rows[unique_id] = rows
        if self._on_node and unique_id and raw["info"]["name"] in FINISHED and unique_id not in self._finished:
            self._finished.add(unique_id)
            data, node = raw["data"], raw["data"]["node_info"]
            # A unit test leaves its node's status empty.
            status = node["node_status"] if node["node_status"] not in ("", "None") else str(data["status"]).lower()
            status = "skipped" if "Skip" in raw["info"]["name"] else status
            total = data.get("total") or data.get("num_models") or len(self._finished)
            self._on_node(len(self._finished), total, node["node_name"], status, data.get("execution_time", 0.0))
        return raw, unique_id


class _Broken:
    """Stands for dbt's result when the runner itself could not run."""

    success = False
    result = None

    def __init__(self, exception: BaseException) -> None:
        self.exception = exception


def _json_object(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _causes(result: Any) -> Sequence[str]:
    """One paragraph for each node that failed, or the one thing that ended the command."""
    if result.exception is not None:
        if isinstance(result.exception, KeyboardInterrupt):
            return ["It was interrupted."]
        return [str(result.exception).strip() or repr(result.exception)]
    nodes = [found for found in getattr(result.result, "results", None) or [] if str(found.status) in FAILED]
    skipped = sum(str(found.status) == "skipped" for found in getattr(result.result, "results", None) or [])
    causes = []
    for found in nodes:
        kind = "check" if found.node.resource_type == "test" else str(found.node.resource_type)
        causes.append(f"{kind} {found.node.name} ({Path(found.node.original_file_path)}): {(found.message or '').strip()}")
    return [*causes, f"{skipped} nodes that need them were skipped."] if skipped else causes
