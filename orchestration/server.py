"""`salesops ui`: Dagster's web server and daemon on this machine only."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

import click

from orchestration import launch
from orchestration.settings import Settings
from warehouse.errors import ConfigurationError

LOOPBACK = "127.0.0.1"


def serve(settings: Settings, port: int) -> int:
    """Run until interrupted; returns the server's exit code.

    Raises:
        ConfigurationError: the port cannot be used.
    """
    _require_free(port)
    settings.home.create()
    settings.export()
    launch.instance(settings)
    click.echo(f"Dagster on http://{LOOPBACK}:{port} (state in {settings.home.root}); stop it with Ctrl-C.")
    dagster = Path(sys.executable).with_name("dagster")
    command = [str(dagster), "dev", "--host", LOOPBACK, "--port", str(port), "--module-name", "orchestration.definitions"]
    return _run_until_stopped(command)


def _run_until_stopped(command: list[str]) -> int:
    """Run a server; a Ctrl-C or a TERM stops it with all that it started, and is no failure."""
    process = subprocess.Popen(command)  # noqa: S603 - our own interpreter's dagster
    stopped = False

    def stop(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of handlers
        nonlocal stopped
        # Dagster closes its servers in order upon one signal; from a terminal it has had Ctrl-C's already.
        if stopped or signum == signal.SIGTERM or not sys.stdin.isatty():
            process.terminate()
        stopped = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if stopped else code


def _require_free(port: int) -> None:
    import socket

    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            raise ConfigurationError(
                f"Port {port} cannot be used: {error}", "--port", "stop what listens there, or choose another port"
            ) from error
