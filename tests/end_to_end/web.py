"""What the browser tests and the pictures share: a headless Chromium, and `salesops ui` on a free port."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
    "--disable-component-update",
]
START_SECONDS = 180
STOP_SECONDS = 180


def chromium() -> str | None:
    """The browser of this machine, if it has one."""
    return shutil.which("chromium")


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium that asks nobody for anything by itself."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()


@dataclass(frozen=True)
class Ui:
    """A running `salesops ui`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str, **variables: object) -> Any:
        """The data of a GraphQL answer."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - our own server
            found = json.load(answer)
        assert not found.get("errors"), found["errors"]
        return found["data"]

    def graph(self, selection: str, groups: str) -> str:
        """The page of the asset graph that shows a selection, with these groups unfolded."""
        unfolded = ",".join(f"global@global:{group}" for group in groups.split())
        return f"{self.address}/asset-groups~{quote(selection, safe='')}?expanded={quote(unfolded)}"

    def stop(self) -> int:
        """Stop it as a service manager would; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def salesops_ui(home: Path, log: Path) -> Iterator[Ui]:
    """`salesops ui` of a home, from its first answer to the end of its whole process group."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "orchestration.cli", "ui", "--home", str(home), "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            server = Ui(process, port, log)
            _wait_for(server)
            yield server
        finally:
            if is_group_alive(process.pid):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def is_group_alive(group: int) -> bool:
    """Whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_for(server: Ui) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        try:
            with urllib.request.urlopen(f"{server.address}/server_info", timeout=10) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        assert server.process.poll() is None, f"the server ended\n{server.log.read_text(errors='replace')[-4000:]}"
        time.sleep(0.5)
    raise AssertionError(f"no answer in {START_SECONDS} s\n{server.log.read_text(errors='replace')[-4000:]}")
