"""The `doorsync` command: which group of commands lives where. A group is imported only when it is asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from doorsync import __version__

COMMANDS = {
    "demo": "doorsync.hub.entry.demo.cli",
    "hub": "doorsync.hub.entry.commands.hub",
    "company": "doorsync.hub.entry.commands.company",
    "admin": "doorsync.hub.entry.commands.admin",
    "user": "doorsync.hub.entry.commands.user",
    "import": "doorsync.hub.entry.commands.import_from",
    "audit": "doorsync.hub.entry.commands.audit",
    "verify": "doorsync.verify",
    "agent": "doorsync.agent.cli",
    "terminal": "doorsync.drivers.virtual.cli",
}

INSTALL = "pip install --require-hashes -r requirements/{}.txt"


class Commands(TyperGroup):
    """Finds a command by its name, so that an agent's machine needs no Django and a hub's none of the agent's libraries."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # as the base class calls it
        """All names, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # as the base class calls it
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        try:
            found = typer.main.get_command(import_module(COMMANDS[cmd_name]).app)
        except ModuleNotFoundError as error:
            found = typer.main.get_command(_not_installed(cmd_name, error.name or ""))
        found.name = cmd_name
        return found


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def doorsync(version: bool = typer.Option(False, "--version", help="Show the version, and end.")) -> None:
    """Keep a company's people and the memory of its door terminals the same.

    Try it out: doorsync demo
    """
    if version:
        typer.echo(f"doorsync {__version__}")
        raise typer.Exit


def _not_installed(name: str, missing: str) -> typer.Typer:
    """Stands in for a command whose libraries are not there."""
    stand_in = typer.Typer()
    extra = "agent" if name == "agent" else "hub"
    anything = {"ignore_unknown_options": True, "allow_extra_args": True}

    @stand_in.command(help=f"Not installed here ({missing} is missing).", context_settings=anything)
    def explain() -> None:
        typer.echo(f"'doorsync {name}' needs more than is installed: {INSTALL.format(extra)}", err=True)
        raise typer.Exit(1)

    return stand_in


def main() -> None:
    """Run the command line. A library that is not there is said, also where a command asks for it late."""
    try:
        app()
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("doorsync"):
            raise
        extra = "agent" if sys.argv[1:2] == ["agent"] else "hub"
        sys.exit(f"This needs more than is installed ({error.name} is missing): {INSTALL.format(extra)}")
