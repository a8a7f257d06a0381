"""`salesops plan`: what is proposed, and who decided what about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestration.cli_options import with_company
from orchestration.settings import Settings

if TYPE_CHECKING:
    from serving.decisions import Decision


def _with_person(function: Any) -> Any:
    for option in (
        click.option("--reason", default="", help="Why; kept in the ledger."),
        click.option("--by", default="", metavar="NAME", help="In whose name [default: the user of this process]"),
    ):
        function = option(function)
    return with_company(function)


_decision_argument = click.argument("decision", default="", metavar="[DECISION]")


@click.group()
def plan() -> None:
    """Show the proposed plan, submit it, sign or reject it, carry it out, and see who decided what."""


@plan.command()
@with_company
def show(home: str | None, sources: str | None) -> int:
    """What is demanded, what can be delivered, the gap, the hiring need, and whose signature is missing."""
    from orchestration import decision_steps, plan_messages

    settings = Settings.find(home, None, sources)
    proposed, decision, other = decision_steps.shown(settings)
    plan_messages.show_plan(proposed, decision, other, settings)
    return 0


@plan.command()
@_with_person
def submit(home: str | None, sources: str | None, by: str, reason: str) -> int:
    """Ask for the signatures under the plan that is served now; its content is kept with the decision."""
    from orchestration import decision_steps

    settings = Settings.find(home, None, sources)
    return _say(decision_steps.submit(settings, by, reason), settings)


@plan.command()
@_with_person
@_decision_argument
def approve(home: str | None, sources: str | None, by: str, reason: str, decision: str) -> int:
    """Sign a submitted plan as an approver of business/plan.yml; default: the one about the plan that is served."""
    from orchestration import decision_steps

    settings = Settings.find(home, None, sources)
    return _say(decision_steps.approve(settings, decision, by, reason), settings)


@plan.command()
@_with_person
@_decision_argument
def reject(home: str | None, sources: str | None, by: str, reason: str, decision: str) -> int:
    """Refuse a submitted plan as an approver, with a reason."""
    from orchestration import decision_steps

    settings = Settings.find(home, None, sources)
    return _say(decision_steps.reject(settings, decision, by, reason), settings)


@plan.command()
@with_company
@click.option("--by", default="", metavar="NAME", help="Who carries it out [default: the user of this process]")
@_decision_argument
def implement(home: str | None, sources: str | None, by: str, decision: str) -> int:
    """Write the files of an approved plan into HOME/outbox; refused until every approver signed."""
    from orchestration import decision_steps

    done = decision_steps.implement(Settings.find(home, None, sources), decision, by)
    click.echo(f"{done.decision.decision_id} is implemented: {done.accounts:,} accounts get a new owner.")
    for path, accounts in done.files.items():
        click.echo(f"  {path}: {accounts:,}")
    return 0


@plan.command()
@with_company
def log(home: str | None, sources: str | None) -> int:
    """Every event of every decision, oldest first."""
    from orchestration import decision_steps, plan_messages
    from serving import decisions

    plan_messages.show_log(decisions.event_rows(decision_steps.ledger(Settings.find(home, None, sources))))
    return 0


def _say(decision: Decision, settings: Settings) -> int:
    from orchestration import plan_messages
    from warehouse.text import printable

    click.echo(printable(plan_messages.sentence(decision, settings)))
    return 0
