"""`doorsync agent`: enrol the agent at its hub, and run it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from doorsync.agent.config import Config
from doorsync.agent.errors import AgentError

app = typer.Typer(no_args_is_help=True, help="The agent: the program on the company's network that reaches the terminals.")
Data = Annotated[Path | None, typer.Option(help="Its data folder. Otherwise DOORSYNC_AGENT_DATA, or var/agent.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on. 0: the one it had before, or a free one.")]


@app.command()
def run(data: Data = None, port: Port = None) -> None:
    """Run the agent until Ctrl-C. It must be enrolled first."""
    from doorsync.agent import running

    try:
        running.run(_config(data, port), started=lambda url: typer.echo(f"The agent listens on {url}."))
    except AgentError as error:
        raise _failure(error) from error


@app.command()
def enrol(
    hub: Annotated[str, typer.Argument(help="The hub's address, like https://doorsync.example.com")],
    data: Data = None,
    port: Port = None,
    url: Annotated[str, typer.Option(help="Where browsers find this agent, if not at the address it listens on.")] = "",
) -> None:
    """Introduce this agent to its hub, with a code that was made there. The code is asked for, or read from standard input."""
    from doorsync.agent import enrol as enrolling

    code = typer.prompt("Enrolment code") if sys.stdin.isatty() else sys.stdin.readline()
    try:
        identity = enrolling.enrol(_config(data, port), hub_url=hub, code=code, url=url)
    except AgentError as error:
        raise _failure(error) from error
    typer.echo(f"This is now the agent '{identity.name}' of the company '{identity.company}'.")


def _config(data: Path | None, port: int | None) -> Config:
    given = {"data": data, "port": port}
    try:
        return Config(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # two kinds
    except ValidationError as error:
        wrong = ", ".join(f"DOORSYNC_AGENT_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors())
        raise _failure(AgentError(wrong)) from error


def _failure(error: AgentError) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(1)
