"""`doorsync agent`: enrol the agent at its hub, run it, and ask how it does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from doorsync.agent import config_file, settings
from doorsync.agent.errors import AgentError
from doorsync.agent.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The agent: the program on the company's network that reaches the terminals.")
Data = Annotated[Path | None, typer.Option(help="Its data folder. Otherwise DOORSYNC_AGENT_DATA, or var/agent.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on. 0: the one it had before, or a free one.")]
File = Annotated[Path | None, typer.Option("--config", help="Its settings file. Otherwise agent.toml in the data folder.")]


@app.command()
def run(data: Data = None, port: Port = None, config: File = None) -> None:
    """Run the agent until Ctrl-C. It must be enrolled first. Writes its settings file, with comments, if there is none."""
    from doorsync.agent import daemon

    try:
        read = _settings(data, port, config)
        daemon.run(read.config, file=read.file, started=lambda url: typer.echo(f"The agent listens on {url}."))
    except AgentError as error:
        raise _failure(error) from error


@app.command("rotate-keys")
def rotate_keys(data: Data = None, config: File = None) -> None:
    """Give this agent fresh keys. It may run meanwhile. Whichever courier comes next carries the change to the hub."""
    from doorsync.agent import data_folder, key_rotation

    try:
        read = _settings(data, None, config).config
        key = key_rotation.begin_rotation(read.data)
    except AgentError as error:
        raise _failure(error) from error
    typer.echo(f"Its new key is {key}. The old one counts until the hub has confirmed: doorsync agent status tells.")
    if not data_folder.is_held(read.data):
        typer.echo("It does not run: start it.")
    elif read.cloud:
        typer.echo("That is within a minute, once its cloud courier is connected.")
    else:
        typer.echo("Its cloud courier is off: the change goes with the next work that a page carries to it.")


@app.command()
def status(data: Data = None, config: File = None) -> None:
    """Say who this agent is, whether it runs and is connected, and what its terminals did last."""
    from doorsync.agent import status_report

    try:
        for line in status_report.report_lines(_settings(data, None, config).config.data):
            typer.echo(line)
    except AgentError as error:
        raise _failure(error) from error


@app.command()
def doctor(data: Data = None, config: File = None) -> None:
    """Look for what is wrong, and say what to do. Holds no secret: put it into a bug report. Ends with 1 if something fails."""
    from doorsync.agent.diagnosis.doctor import diagnose

    failed = False
    try:
        for finding in diagnose(_settings(data, None, config)):
            failed |= finding.level == "fail"
            typer.echo("\n".join(finding.lines()))
    except AgentError as error:
        raise _failure(error) from error
    if failed:
        raise typer.Exit(1)


@app.command("drivers")
def list_drivers() -> None:
    """Say which makes of terminal this agent can drive, against what each driver was tried, and what nobody has seen yet."""
    from doorsync.agent.driver_report import report_lines

    for line in report_lines():
        typer.echo(line)


@app.command()
def find(
    data: Data = None,
    config: File = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=60, help="How long each driver may search.")] = 3.0,
) -> None:
    """Search the network for terminals. What is found is offered in the hub, where terminals are added, after the next hello."""
    from doorsync.agent import discovery, drivers

    found = []
    try:
        folder = _settings(data, None, config).config.data
        for each in discovery.find_terminals(drivers.find_drivers(), seconds):
            found.append(each)
            typer.echo(f"{each.make}  {each.address}  {each.serial or '-'}  {each.title}")
        discovery.keep_nearby(folder, found)
    except AgentError as error:
        raise _failure(error) from error
    if not found:
        typer.echo("No terminal answered. Not every make can be searched for: type its address in the hub.")


@app.command("try")
def try_terminal(
    make: Annotated[str, typer.Argument(help="Its make, as in: doorsync agent drivers")],
    address: Annotated[str, typer.Argument(help="Its address, as this make spells it.")],
    option: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A setting of this make.")] = None,
    secret: Annotated[bool, typer.Option("--secret", help="Ask for its comm key or password.")] = False,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="How long it may take to answer.")] = 10.0,
) -> None:
    """Try a driver at an EMPTY terminal: three test people are written, changed, read back and removed again.

    Nothing is written to one that holds anybody. Ends with 1 if something fails. The report holds no secret: send it to us.
    """
    from doorsync.agent.trial_report import report_lines

    typed = _typed("Its secret").strip() if secret else ""
    failed = False
    for line, wrong in report_lines(make, address, dict(_pair(each) for each in option or []), typed, seconds):
        typer.echo(line)
        failed |= wrong
    if failed:
        raise typer.Exit(1)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise typer.BadParameter(f"'{text}' is not like NAME=VALUE.")
    return name, value


@app.command()
def enrol(
    hub: Annotated[str, typer.Argument(help="The hub's address, like https://doorsync.example.com")],
    data: Data = None,
    port: Port = None,
    config: File = None,
    url: Annotated[str, typer.Option(help="Where browsers find this agent, if not at the address it listens on.")] = "",
    by_page: Annotated[
        bool,
        typer.Option("--by-page", help="This machine cannot reach the hub: a browser that shows the hub's page Agents carries."),
    ] = False,
) -> None:
    """Introduce this agent to its hub, with a code that was made there. The code is asked for, or read from standard input.

    With --by-page the hub's key is asked for instead, and the agent waits for the page.
    """
    from doorsync.agent import enrolment as enrolling
    from doorsync.agent import page_enrolment as by_a_page

    try:
        read = _settings(data, port, config)
        asked = "The hub's key, as its page Agents shows it" if by_page else "Enrolment code"
        typed = _typed(asked)
        if by_page:
            identity = by_a_page.enrol(read.config, hub_url=hub, hub_key=typed, url=url, started=_waiting)
        else:
            identity = enrolling.enrol(read.config, hub_url=hub, code=typed, url=url)
        config_file.write_once(read.file)
    except AgentError as error:
        raise _failure(error) from error
    typer.echo(f"This is now the agent '{identity.name}' of the company '{identity.company}'.")
    typer.echo("Now start it: doorsync agent run, or where systemd runs it: systemctl enable --now doorsync-agent")


def _waiting(url: str, key: str) -> None:
    typer.echo(
        f"Type these two on the hub's page Agents, where its machine cannot reach the hub:\n  Address: {url}\n  Key: {key}"
    )
    typer.echo("Waiting for that page. Ctrl-C ends it.")


def _settings(data: Path | None, port: int | None, file: Path | None) -> Settings:
    return settings.read_settings({"data": data, "port": port}, file)


def _failure(error: AgentError) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(1)


def _typed(asked: str) -> str:
    """What a person types, or else the next line of standard input; empty when a program closed that."""
    if sys.stdin is None:
        return ""
    return str(typer.prompt(asked)) if sys.stdin.isatty() else sys.stdin.readline()
