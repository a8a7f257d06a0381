"""The command `salesops`. Heavy libraries are imported by the command that needs them, so that the others answer at once."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from orchestration.cli_contract import contract
from orchestration.cli_erase import erase
from orchestration.cli_options import with_home, with_place
from orchestration.cli_plan import plan
from orchestration.cli_quarantine import quarantine
from orchestration.cli_start import start
from orchestration.settings import Settings
from warehouse.errors import ConfigurationError, SalesOpsError, cause_of

INTERRUPTED = 130


class _Group(click.Group):
    """Turns refusals into one paragraph on stderr and their exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; never shows a trace unless SALESOPS_DEBUG is set."""
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.exceptions.Abort:
            code = INTERRUPTED
        except KeyboardInterrupt:
            click.echo("Interrupted; nothing was published.", err=True)
            code = INTERRUPTED
        except click.ClickException as error:
            error.show()
            # click's own code for a wrong option is the one for held-back files here.
            code = ConfigurationError.exit_code if isinstance(error, click.UsageError) else error.exit_code
        except click.exceptions.Exit as error:
            code = error.exit_code
        except BrokenPipeError:
            # Whoever read the output has gone; there is nobody left to tell.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except Exception as error:
            if os.environ.get("SALESOPS_DEBUG"):
                raise
            refusal = cause_of(error)
            if refusal is None:
                first = next(iter(str(error).strip().splitlines()), "")
                refusal = SalesOpsError(
                    f"Something went wrong that nobody foresaw: {type(error).__name__}: {first}",
                    "",
                    "set SALESOPS_DEBUG=1 and run again for the whole trace, and report it",
                )
            click.echo(f"salesops: {refusal}", err=True)
            code = refusal.exit_code
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="salesops-warehouse", prog_name="salesops")
def main() -> None:
    """Sales operations as a data product: exports in, checked and published marts out.

    \b
    Exit codes: 0 the served version is right for the current input; 2 the same, but files or rows are held back;
    10 configuration, 11 inbox, 12 contract, 13 locked, 14 disk full, 15 checks failed, 16 publishing, 17 state,
    18 transformation: nothing was published and the served version stays; 19 (erase only) something of a person is left.
    """


@main.command()
@with_place
@click.option("--as-of", metavar="DATE", help="Compute for this day, YYYY-MM-DD [default: the newest record's day]")
@click.option("--full-refresh", is_flag=True, help="Build everything anew, even if nothing changed.")
@click.option("--select", multiple=True, metavar="ASSETS", help="Only these assets, such as kpi/daily_sales or +core/dim_user.")
@click.option("--plain", is_flag=True, help="Plain progress lines even on a terminal.")
def run(
    home: str | None,
    inbox: str | None,
    sources: str | None,
    as_of: str | None,
    full_refresh: bool,
    select: tuple[str, ...],
    plain: bool,
) -> int:
    """Run the main job: ingest, check, transform, check, publish, report."""
    from orchestration import launch, messages, progress
    from orchestration.resources import Workplace

    settings = Settings.find(home, inbox, sources).require_inbox()
    place = Workplace(
        home=str(settings.home.root),
        inbox=str(settings.inbox),
        sources=str(settings.sources) if settings.sources else None,
        as_of=as_of,
        full_refresh=full_refresh,
    )
    with progress.shown(plain):
        outcome = launch.run(place, select)
    messages.show_run(settings, outcome)
    return outcome.exit_code


@main.command()
@with_place
@click.option("--explain", metavar="FILE", help="Change nothing: say what would come of this file, and why.")
@click.option("--json", "as_json", is_flag=True, help="For programs: what came of each file, or would come of this one.")
def ingest(home: str | None, inbox: str | None, sources: str | None, explain: str | None, as_json: bool) -> int:
    """Land and load what is new in the inbox; publish nothing."""
    from orchestration import explain_messages, messages, progress, steps
    from warehouse.lock import build_lock

    settings = Settings.find(home, inbox, sources)
    if explain is not None:
        return explain_messages.explain(settings, explain, as_json)
    settings.require_inbox().home.create()
    with build_lock(settings.home, f"ingest-{os.getpid()}"), progress.shown():
        report = steps.ingest(settings)
    messages.show_ingest(report, as_json)
    return 2 if report.held or report.rejects else 0


@main.command()
@with_place
@click.option("--accept", "rule", metavar="RULE", help="Let this failing rule pass from now on; needs --reason.")
@click.option("--withdraw", metavar="RULE", help="Take such an acceptance back.")
@click.option("--reason", default="", help="Why; kept in the ledger.")
def validate(
    home: str | None, inbox: str | None, sources: str | None, rule: str | None, withdraw: str | None, reason: str
) -> int:
    """Check the build file again and write the validation report."""
    from orchestration import messages, progress, steps
    from warehouse.lock import build_lock

    settings = Settings.find(home, inbox, sources)
    settings.home.create()
    by = os.environ.get("USER") or "unknown"
    if rule:
        if not reason.strip():
            raise ConfigurationError("An acceptance needs a reason", "--reason", "say why; it is kept in the ledger")
        steps.accept(settings, rule, reason, by)
    if withdraw:
        steps.accept(settings, withdraw, "", by)
    if (rule or withdraw) and not steps.is_built(settings):
        click.echo(f"Kept. The build is not complete yet: `salesops run{messages.options(settings)}` goes on.")
        return 0
    messages.require_build(settings)
    with build_lock(settings.home, f"validate-{os.getpid()}"), progress.shown():
        gated = steps.check(settings, steps.LAYERS, f"validate-{os.getpid()}")
    messages.show_checks(gated.result, gated.docs)
    gated.result.require()
    return 0


@main.command()
@with_place
@click.option("--as-of", metavar="DATE", help="The date the build was made for, if one was asked for.")
@click.option("--rollback", is_flag=True, help="Serve an older kept version again.")
@click.option("--to", metavar="VERSION", help="With --rollback: which version [default: the previous one]")
@click.option("--reason", default="", help="With --rollback: why; kept in the ledger.")
def publish(
    home: str | None,
    inbox: str | None,
    sources: str | None,
    as_of: str | None,
    rollback: bool,
    to: str | None,
    reason: str,
) -> int:
    """Publish the build file if its checks passed, or serve an older version again."""
    from orchestration import messages, progress, steps
    from orchestration.settings import parse_date
    from warehouse.lock import build_lock

    settings = Settings.find(home, inbox, sources)
    if rollback:
        with progress.shown():
            before, after = steps.rollback(settings, to, reason, os.environ.get("USER") or "unknown")
            steps.refresh_plan_book(settings)
        click.echo(f"Version {after.version}, as of {after.as_of}, is served again in place of {before.version}.")
        return 0
    if to:
        raise ConfigurationError("--to says where to roll back to", "--to", "add --rollback")
    messages.require_build(settings)
    with build_lock(settings.home, f"publish-{os.getpid()}"), progress.shown():
        publication, is_new = steps.publish(settings, f"publish-{os.getpid()}", parse_date(as_of) if as_of else None)
        steps.refresh_plan_book(settings)
    word = "Published" if is_new else "Already served:"
    click.echo(f"{word} version {publication.version}, as of {publication.as_of}: {len(publication.tables)} tables.")
    return 0


@main.command()
@with_home
@click.argument("sql")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header, exact values.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array of objects.")
def query(home: str | None, sql: str, as_csv: bool, as_json: bool) -> int:
    """Ask the published snapshot, such as "select * from kpi.daily_sales limit 10"."""
    from serving import formats
    from serving.query import query as ask

    if as_csv and as_json:
        raise ConfigurationError("--csv and --json exclude each other", "the options", "choose one")
    table = ask(Settings.find(home).home.serving, sql)
    if as_csv:
        formats.write_csv(table, sys.stdout)
    elif as_json:
        formats.write_json(table, sys.stdout)
    else:
        click.echo(formats.terminal_table(table, color=sys.stdout.isatty()), nl=False)
    return 0


@main.command()
@with_place
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(home: str | None, inbox: str | None, sources: str | None, as_json: bool) -> int:
    """Last run, freshness, failed checks, served version."""
    from orchestration import messages, state

    found = state.look(Settings.find(home, inbox, sources))
    messages.show_status(found, as_json)
    return 0


@main.command()
@with_place
@click.option("--port", default=3000, show_default=True, help="Port on 127.0.0.1.")
def ui(home: str | None, inbox: str | None, sources: str | None, port: int) -> int:
    """Open Dagster's web UI on this machine, with the schedule and the inbox sensor."""
    from orchestration import server

    return server.serve(Settings.find(home, inbox, sources), port)


@main.command()
@click.argument("folder", metavar="DIR")
@click.option("--scale", default=1.0, show_default=True, help="1 is about 60 reps, 20,000 leads, 200,000 activities.")
@click.option("--seed", default=1, show_default=True, help="The same seed writes the same bytes.")
@click.option("--through", default="2026-10-31", show_default=True, metavar="DATE", help="The day of the last export.")
@click.option("--every", type=click.Choice(["week", "day"]), default="week", show_default=True, help="Time between exports.")
@click.option("--exports", default=4, show_default=True, metavar="N", help="How many exports follow the opening one.")
@click.option("--truth", metavar="TRUTH", help="Where the truth about the company goes [default: DIR_truth]")
@click.option("--company", metavar="COMPANY", help="Where its business parameters go [default: DIR_company]")
def sample(
    folder: str,
    scale: float,
    seed: int,
    through: str,
    every: str,
    exports: int,
    truth: str | None,
    company: str | None,
) -> int:
    """Write sample exports into a folder, such as an inbox: one opening export, and further ones with what changed since.

    \b
    Beside the folder go two others: DIR_company holds what the company's business parameters have of their own (name it
    with --sources), DIR_truth what no export says, for tests.
    """
    from pathlib import Path

    from orchestration import progress
    from orchestration.settings import parse_date
    from sample import generate

    last_day = parse_date(through, "--through")
    out = Path(folder).expanduser().resolve()
    if not out.name:
        raise ConfigurationError("This folder cannot take a sample", str(out), "name a folder of its own")
    beside = {
        name: Path(given).expanduser().resolve() if given else out.with_name(f"{out.name}_{name}")
        for name, given in (("truth", truth), ("company", company))
    }
    with progress.shown():
        written = generate(out, scale, seed, last_day, progress.report, every=every, exports=exports, **beside)
    click.echo(f"Wrote {written.total_rows:,} records in {len(written.files)} files to {folder} ({written.seconds:.1f} s).")
    return 0


main.add_command(plan)
main.add_command(contract)
main.add_command(start)
main.add_command(quarantine)
main.add_command(erase)

if __name__ == "__main__":
    main()
