"""`doorsync hub`: run the hub, and check its settings."""

from __future__ import annotations

from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Run the hub, check its settings, change its keys.")


@app.command()
def run() -> None:
    """Run the hub until Ctrl-C. Brings its database up to date first.

    Settings come from the environment: DOORSYNC_HOST, DOORSYNC_PORT, DOORSYNC_DATA, DOORSYNC_PUBLIC_URL and others; see
    docs/reference/settings.md.

    Example: DOORSYNC_DATA=/var/lib/doorsync DOORSYNC_PUBLIC_URL=https://doorsync.example.com doorsync hub run
    """
    from doorsync.hub.entry import server, startup
    from doorsync.hub.entry.commands.bootstrap import exit_with

    try:
        server.run(_tell_started)
    except startup.NotReady as error:
        raise exit_with(str(error)) from None


def _tell_started(origin: str) -> None:
    """Where it answers; and while there is no company, the code of its set-up page. That line is never in the log."""
    from django.db import connection

    from doorsync.hub.companies.setup_codes import issue_setup_code
    from doorsync.hub.settings.config import config

    typer.echo(f"The Doorsync hub answers at {origin}")
    if not config().demo and (code := issue_setup_code()):
        typer.echo(f"It has no company yet. Set it up at {origin}/setup/ within an hour, with the code {code}")
    connection.close()  # the server opens its own


@app.command()
def check() -> None:
    """Say what is wrong with settings, keys, database, folder and clock, all of it, and what to do. The hub may run meanwhile.

    Example: doorsync hub check
    """
    from doorsync.hub.entry import check_report

    found = list(check_report.problems())
    for problem in found:
        typer.echo(problem, err=True)
    if found:
        raise typer.Exit(1)
    for remark in check_report.remarks():
        typer.echo(remark)
    typer.echo("The settings are right.")


@app.command("new-key")
def new_key(name: Annotated[str, typer.Argument(help="index or agents")]) -> None:
    """Make a new key in the place of one that is lost for good, so that the hub starts again.

    index: companies' codes are unknown then, set new ones. agents: every agent must be enrolled again. kek cannot be replaced:
    without it cards, PINs and templates are lost, and the companies are loaded into a new database.

    Example: doorsync hub new-key index
    """
    from doorsync.hub.entry import key_replacement
    from doorsync.hub.entry.commands.bootstrap import exit_with
    from doorsync.hub.entry.startup import NotReady

    try:
        typer.echo(key_replacement.replace(name))
    except NotReady as error:
        raise exit_with(f"{error} Nothing was changed.") from None


@app.command("rotate-keys")
def rotate_keys(
    finish: Annotated[bool, typer.Option("--finish", help="Forget the old keys, once every agent has the new ones.")] = False,
    leave: Annotated[
        bool, typer.Option("--leave", help="With --finish: even if some agents have not. Each must then be enrolled again.")
    ] = False,
) -> None:
    """Give the hub fresh keys for its agents. They change by themselves; the hub and the agents go on meanwhile.

    Say it a second time, or later, to see which agents have still to change; with --finish when none is left.

    Example: doorsync hub rotate-keys
    """
    from doorsync.hub.entry.commands.bootstrap import exit_with, hub_ready

    with hub_ready():
        try:
            _rotate(finish=finish, leave=leave)
        except OSError as error:
            raise exit_with(f"The folder of the keys cannot be written: {error.strerror}. Nothing was changed.") from None


def _rotate(*, finish: bool, leave: bool) -> None:
    from doorsync.hub.companies.command_actor import command_actor
    from doorsync.hub.entry.commands.bootstrap import exit_with
    from doorsync.hub.settings import key_files
    from doorsync.hub.terminals import hub_rotation

    if leave and not finish:
        raise exit_with("--leave goes with --finish. Nothing was changed.")
    if not hub_rotation.has_agents():
        raise exit_with(
            f"No agent is enrolled at the hub in {key_files.folder().parent}. Is DOORSYNC_DATA right? Nothing was changed."
        )
    if finish:
        _tell("The old keys are forgotten. To be enrolled again: {}", hub_rotation.finish_rotation(command_actor, leaving=leave))
        return
    if not hub_rotation.under_way():
        typer.echo(
            f"The hub's new key is {hub_rotation.begin_rotation(command_actor)}. Agents change to it when they next say hello."
        )
        typer.echo(f"Back up {key_files.folder()} now: with an older copy of it, each of them would have to be enrolled again.")
    left = hub_rotation.left_behind()
    _tell("Still to change: {}", left)
    typer.echo(
        "Say this again later to see who is left." if left else "Now forget the old keys: doorsync hub rotate-keys --finish"
    )


def _tell(sentence: str, agents: list[Any]) -> None:
    typer.echo(sentence.format(len(agents) or "none"))
    for agent in agents:
        typer.echo(f"  {agent.company.slug}: {agent.name}{'' if agent.company.active else ' (the company is turned off)'}")
