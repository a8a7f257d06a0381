"""One call of dbt inside this process, and what it must leave behind: nothing open, nothing changed.

dbt keeps its state in globals (flags, adapters, event callbacks), changes the working directory and never closes its DuckDB
connection. Everything that undoes this lives here; turning dbt's events into Dagster's lives in dbt_events.py.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import hashlib
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STAMP = "manifest.stamp"
# Commands that change nothing in the manifest but the compiled statements, which lie in files of their own as well.
KEEP_MANIFEST = frozenset({"build", "run", "seed", "snapshot", "test"})
PARSED = frozenset({".sql", ".yml", ".yaml", ".md", ".csv", ".py"})
NOT_PARSED = frozenset({"target", "logs", "__pycache__"})
ENV_VAR = re.compile(r"""env_var\(\s*['"](\w+)['"]""")
# How much garbage of each generation Python lets pile up while dbt runs, in objects and collections of the generation before.
RARE_COLLECTIONS = (100_000, 20, 100)

# dbt's globals allow one call at a time in a process.
_ONE_CALL = threading.Lock()
_MANIFESTS: dict[Path, tuple[str, Any]] = {}


@dataclass(frozen=True)
class DbtFolders:
    """Where a dbt project lies and where dbt may write; all paths absolute."""

    project_dir: Path
    profiles_dir: Path
    target_path: Path
    log_path: Path
    profile: str | None = None
    target: str | None = None
    threads: int | None = None
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def manifest_path(self) -> Path:
        """The manifest.json that definitions are made from."""
        return self.target_path / "manifest.json"

    @property
    def log_file(self) -> Path:
        """dbt's own log, with every statement it sent."""
        return self.log_path / "dbt.log"

    def is_parsed(self, stamp: str | None = None) -> bool:
        """Whether the manifest there is that of the project as it is now, whose stamp may be given."""
        kept = self.target_path / STAMP
        return self.manifest_path.exists() and kept.exists() and kept.read_text(encoding="utf-8") == (stamp or self.stamp())

    def flags(self) -> list[str]:
        """The options that each dbt call gets, whatever the command."""
        given = {"--profile": self.profile, "--target": self.target, "--threads": self.threads}
        return [
            *("--project-dir", str(self.project_dir), "--profiles-dir", str(self.profiles_dir)),
            *("--target-path", str(self.target_path), "--log-path", str(self.log_path)),
            *("--log-level", "none", "--log-level-file", "debug"),
            *("--no-use-colors", "--no-use-colors-file", "--no-send-anonymous-usage-stats"),
            *(text for option, value in given.items() if value is not None for text in (option, str(value))),
        ]

    def stamp(self, args: Sequence[str] = ()) -> str:
        """A hash of everything that dbt's parser reads; equal stamps mean that a parsed manifest still holds.

        Args:
            args: the dbt command line; only --vars, --profile and --target matter to the parser.

        Returns:
            64 hexadecimal digits over the files of the project, profiles.yml, the environment variables that these mention,
            the options and the version of dbt.
        """
        from importlib.metadata import version

        digest = hashlib.sha256()
        mentioned: set[str] = set()
        for path in [*_parsed_files(self.project_dir), self.profiles_dir / "profiles.yml"]:
            content = path.read_bytes() if path.exists() else b""
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
            mentioned.update(ENV_VAR.findall(content.decode(errors="replace")))
        env = {**os.environ, **self.env}
        known = (version("dbt-core"), self.profile, self.target, _parser_options(args))
        digest.update(repr((known, [(name, env.get(name)) for name in sorted(mentioned)])).encode())
        return digest.hexdigest()


class DbtCall:
    """One dbt command, run in the calling thread by `run` and ended from another one by `stop`."""

    def __init__(self, folders: DbtFolders, args: Sequence[str], on_event: Callable[[Any], None] | None = None) -> None:
        self.folders = folders
        self.args = [*args, *folders.flags()]
        self._given = tuple(args)
        self.on_event = on_event
        self._gate = threading.Lock()
        self._thread: int | None = None
        self._manifest: Any = None
        self.stopped = False

    def run(self) -> Any:
        """Run the command.

        Returns:
            dbt's `dbtRunnerResult`; an exception of dbt, of an event callback or of `stop` is in it, not raised.
        """
        with _ONE_CALL, _undone(self.folders.env):
            from dbt.cli.main import dbtRunner

            stamp = self.folders.stamp(self._given)
            known, self._manifest = _MANIFESTS.get(self.folders.target_path, ("", None))
            if known != stamp or not self.folders.manifest_path.exists():
                self._manifest = None
            # dbt would write the manifest again at the end of each command, which takes half a second.
            keeps = not KEEP_MANIFEST.isdisjoint(self._given[:1]) and self.folders.is_parsed(stamp)
            args = [*self.args, "--no-write-json"] if keeps else self.args
            runner = dbtRunner(manifest=self._manifest, callbacks=[self._received])
            result = self._interruptible(lambda: runner.invoke(args))
            if keeps and hasattr(result.result, "write"):
                result.result.write(str(self.folders.target_path / "run_results.json"))
            if self._manifest is not None and not self.stopped:
                _MANIFESTS[self.folders.target_path] = (stamp, self._manifest)
                (self.folders.target_path / STAMP).write_text(stamp)
            return result

    def stop(self) -> None:
        """Do what Ctrl-C does to dbt's command line: interrupt its main thread, cancel the statements that run."""
        with self._gate:
            self.stopped = True
            if self._thread is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(KeyboardInterrupt))
        # dbt's main thread sleeps until a node ends, so the interrupt would wait for the longest statement.
        self.cancel_statements()

    def cancel_statements(self) -> None:
        """Interrupt what the database is doing for dbt; harmless when it does nothing."""
        with self._gate:
            if self._thread is None:
                return
            from dbt.adapters.factory import FACTORY

            for adapter in list(FACTORY.adapters.values()):
                adapter.connections.cancel_open()

    def _interruptible(self, invoke: Callable[[], Any]) -> Any:
        from dbt.cli.main import dbtRunnerResult

        try:
            with self._gate:
                if self.stopped:
                    return dbtRunnerResult(success=False, exception=KeyboardInterrupt())
                self._thread = threading.get_ident()
            try:
                return invoke()
            finally:
                with self._gate:
                    self._thread = None
        except KeyboardInterrupt as interrupt:  # it came between dbt's last line and ours
            return dbtRunnerResult(success=False, exception=interrupt)

    def _received(self, event: Any) -> None:
        if event.info.name == "CommandCompleted" and self._manifest is None:
            # The runner does not hand out the manifest that a build parsed; dbt's click context has it. Taking it from there
            # saves a `dbt parse` before each first call.
            import click

            context = click.get_current_context(silent=True)
            self._manifest = (context.obj or {}).get("manifest") if context else None
        if self.on_event is not None:
            self.on_event(event)


def forget_manifests() -> None:
    """Drop the parsed manifests of this process, as a new process would start."""
    _MANIFESTS.clear()


def close_connections() -> None:
    """Close every connection that dbt holds in this process, so that anybody may open the database file."""
    # Not imported yet means that nothing is open, and importing costs seconds.
    if "dbt.adapters.factory" in sys.modules:
        from dbt.adapters.factory import cleanup_connections

        cleanup_connections()
    if "dbt.adapters.duckdb.connections" in sys.modules:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        with suppress(AttributeError):  # no environment: nothing was opened
            DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()


@contextmanager
def _undone(env: Mapping[str, str]) -> Iterator[None]:
    """Give dbt its environment; afterwards restore what it changes in a process and close what it leaves open."""
    additions = {**env, "DAGSTER_DBT_CLI": "true", "DO_NOT_TRACK": "1"}
    before = {name: os.environ.get(name) for name in additions}
    folder, handlers, complains = Path.cwd(), list(logging.getLogger().handlers), logging.raiseExceptions
    os.environ.update(additions)
    # Dagster, both manifests and dbt's graph stay alive throughout: to search them for garbage again and again is in vain.
    thresholds = gc.get_threshold()
    gc.set_threshold(*RARE_COLLECTIONS)
    # A full disk is told by what dbt returns; its log must not print a trace for each line that it cannot write.
    logging.raiseExceptions = False
    try:
        yield
    finally:
        close_connections()
        _close_event_log()
        os.chdir(folder)
        gc.set_threshold(*thresholds)
        logging.getLogger().handlers = handlers
        logging.raiseExceptions = complains
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _close_event_log() -> None:
    if "dbt_common.events.event_manager_client" in sys.modules:
        from dbt_common.events.event_manager_client import cleanup_event_logger

        cleanup_event_logger()
    file_log = logging.getLogger("file_log")
    for handler in list(file_log.handlers):
        file_log.removeHandler(handler)
        handler.close()


def _parsed_files(project_dir: Path) -> list[Path]:
    found = []
    for folder, folders, files in os.walk(project_dir):
        folders[:] = sorted(name for name in folders if name not in NOT_PARSED and not name.startswith("."))
        found += [Path(folder, name) for name in sorted(files) if Path(name).suffix in PARSED or name == ".dbtignore"]
    return found


def _parser_options(args: Sequence[str]) -> str:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for options in (("--vars",), ("--profile",), ("--target", "-t")):
        parser.add_argument(*options)
    return repr(sorted(vars(parser.parse_known_args(list(args))[0]).items()))
