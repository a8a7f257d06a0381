"""`salesops erase`: removes a person from everything that the home holds, and proves it."""

from __future__ import annotations

import sys

import click

from orchestration.cli_options import with_place
from orchestration.settings import Settings


@click.command()
@with_place
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reason", default="", help="Why; kept beside the ledger, where it can be deleted.")
@click.option("--by", default="", metavar="NAME", help="Who asked for it [default: the user of this process]")
@click.argument("who", default="", metavar="[EMAIL|ID]")
def erase(home: str | None, inbox: str | None, sources: str | None, yes: bool, reason: str, by: str, who: str) -> int:
    """Erase a person, known by e-mail or by the id of a record, from everything in the home, and prove it.

    \b
    Exports, landed files, databases, snapshots, reports, history and logs are rewritten without the person; a later export
    that carries them again is redacted before it is loaded. Without EMAIL or ID, an erasure that was interrupted goes on.
    Exit codes: 0 erased, nothing is left; 19 something is left (it is named); 10 to 18 as for `salesops run`.
    """
    from ingestion import erase as erasing
    from orchestration import decision_steps, erase_steps, progress
    from warehouse.errors import ConfigurationError

    # Libraries write the command line into their logs, which is the last place where the person should be named.
    sys.argv[1:] = ["erase"]
    settings = Settings.find(home, inbox, sources)
    pending = erasing.under_way(settings.home)
    if not who.strip() and pending is None:
        raise ConfigurationError("Nobody is named", "EMAIL|ID", "name an e-mail address, or the id of a record")
    if pending is not None:
        click.echo("An erasure was interrupted; it goes on.")
    found = None
    # After an interruption the raw tables may be gone already; what they told is written down.
    if who.strip() and (pending is None or settings.home.build.is_file()):
        found = erase_steps.find(settings, who.strip())
        _show(found)
        if not yes:
            click.confirm("Erase this for good?", abort=True)
    with progress.shown():
        proof = erase_steps.erase_everywhere(settings, found, reason, by or decision_steps.user())
    click.echo(f"Erased: {proof.sentence}. Copies outside of the home (backups, the systems that export) are not reached.")
    return 0


def _show(found: object) -> None:
    from ingestion.person import Person
    from orchestration.messages import grid

    assert isinstance(found, Person)  # noqa: S101
    if not found.records:
        click.echo(
            "No loaded record has this e-mail. It is looked for in every file all the same, and will not be let in again."
        )
        return
    rows = [(name, "own records", str(number)) for name, number in found.counts().items()]
    rows += [(name, "records that name the person", str(number)) for name, number in sorted(found.mentions.items())]
    grid(("object", "what", "records"), rows, ("records",))
    kinds = sorted({kind for kind, _ in found.values})
    click.echo("Erased everywhere: " + ", ".join(f"{sum(k == kind for k, _ in found.values)} {kind}" for kind in kinds))
    if found.shared:
        shared = sorted({kind for kind, _ in found.shared})
        click.echo(f"Others have the same {' and '.join(shared)}: erased in this person's own records only.")
