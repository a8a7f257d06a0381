"""`salesops ui`: Dagster's web server and daemon on this machine only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
    try:
        return subprocess.run(command, check=False, env=os.environ.copy()).returncode  # noqa: S603 - our own interpreter's dagster
    except KeyboardInterrupt:
        return 0


def _require_free(port: int) -> None:
    import socket

    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            raise ConfigurationError(
                f"Port {port} cannot be used: {error}", "--port", "stop what listens there, or choose another port"
            ) from error
