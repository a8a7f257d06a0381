"""Options that several commands share; each is a decorator for a click command."""

from __future__ import annotations

from typing import Any

import click

with_home = click.option("--home", metavar="DIR", help="Working folder [default: $SALESOPS_HOME or ./var]")

_with_sources = click.option(
    "--sources", metavar="DIR", help="A company folder: contracts/ and business/ [$SALESOPS_SOURCES or HOME/company]"
)

_with_inbox = click.option("--inbox", metavar="DIR", help="Where the exports lie [$SALESOPS_INBOX or HOME/inbox]")


def with_company(function: Any) -> Any:
    """--home and --sources."""
    return with_home(_with_sources(function))


def with_place(function: Any) -> Any:
    """--home, --inbox and --sources."""
    return with_home(_with_inbox(_with_sources(function)))
