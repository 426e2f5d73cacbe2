"""`doorsync audit`: show a company's trail, and see whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from doorsync.hub.entry.commands.bootstrap import exit_with, hub_ready

if TYPE_CHECKING:
    from doorsync.hub.companies.models import Company

app = typer.Typer(no_args_is_help=True, help="Show who did what, and see that nobody changed what is written of it.")
One = Annotated[str, typer.Option("--company", help="The company's short name.")]


@app.command()
def verify(
    company: Annotated[str, typer.Option("--company", help="The company's short name; otherwise all.")] = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="With --company: a trail that is shorter than before is right, after a restore.")
    ] = False,
) -> None:
    """See that no entry was changed, removed or put in. Ends with 1 and names the first fault if one was.

    Example: doorsync audit verify
    """
    if accept and not company:
        raise exit_with("--accept goes with --company.")
    with hub_ready():
        from doorsync.hub.audit import trail
        from doorsync.hub.audit.verification import verify_trail as look_at
        from doorsync.hub.companies.models import Company
        from doorsync.hub.entry import audit_witness
        from doorsync.hub.entry.lookups import company_of

        if accept:
            found, actor = company_of(company)
            if not look_at(found.pk).fault:
                audit_witness.accept_trail(found)
                trail.record("audit.accepted", actor=actor)
        companies = [company_of(company)[0]] if company else list(Company.objects.order_by("slug"))
        faults = [_told(each) for each in companies]
        if any(faults):
            raise typer.Exit(1)


@app.command()
def show(
    company: One,
    last: Annotated[int, typer.Option("--last", min=1, help="How many entries, the newest of them last.")] = 50,
    event: Annotated[str, typer.Option("--event", help="Only events that begin with this, such as token.")] = "",
) -> None:
    """Show the newest entries of a company's trail: when (UTC), what, who and by which way, and of which rows.

    Example: doorsync audit show --company harbour-gym --last 20 --event run.
    """
    with hub_ready():
        from doorsync.hub.entry.audit_lines import audit_lines
        from doorsync.hub.entry.lookups import company_of

        for line in audit_lines(company_of(company)[0], last=last, event=event):
            typer.echo(line)


def _told(company: Company) -> bool:
    from doorsync.hub.entry import audit_witness

    found = audit_witness.examine_trail(company)
    if found.fault:
        typer.echo(f"{company.slug}: {found.fault} The {found.entries} entries before are whole.", err=True)
    else:
        typer.echo(f"{company.slug}: {found.entries} entries, whole. The last one is {found.hash.hex()[:16]}.")
    return bool(found.fault)
