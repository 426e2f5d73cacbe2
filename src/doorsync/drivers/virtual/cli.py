"""`doorsync terminal`: run a virtual terminal, tell it what to do wrong, and do to it what people do to real ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from doorsync.drivers.virtual import door, faults, simulator, tampering
from doorsync.drivers.virtual.errors import VirtualTerminalError

app = typer.Typer(no_args_is_help=True, help="Virtual terminals: door terminals for trying out and for tests.")
Folder = Annotated[Path, typer.Argument(help="The terminal's folder: its memory, abilities, faults and port.")]


@app.command()
def run(
    folder: Folder,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: the port it had before, or a free one.")] = 0,
    capacity: Annotated[int | None, typer.Option(min=0, help="How many users it can hold; fixed at its first start.")] = None,
    serial: Annotated[str | None, typer.Option(help="Its serial number, instead of a new one; '' for a make without.")] = None,
    secret: Annotated[str | None, typer.Option(help="Answer only who tells this secret; '' for nobody has to.")] = None,
    can: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Another ability, such as name_bytes=16; fixed at its first start."),
    ] = None,
) -> None:
    """Run a virtual terminal until Ctrl-C. It prints where it listens and keeps the port in FOLDER/port."""
    try:
        wished = _pairs(can or []) | ({} if capacity is None else {"capacity": capacity})
        simulator.run(folder, host=host, port=port, can=wished, serial=serial, secret=secret, started=_say_started)
    except VirtualTerminalError as error:
        raise _failure(str(error)) from error
    except OSError as error:
        raise _failure(f"Cannot use the folder {folder}: {error.strerror}.") from error


@app.command()
def fault(
    folder: Folder,
    wrong: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE...", help="For example gone=true or delay=0.5.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Nothing is wrong any more.")] = False,
) -> None:
    """Show or change what a terminal does wrong: delay, full, gone, lie, forget_every, flush_every, power_cut_after, clock_off.

    It counts from the next request on; the terminal need not be restarted.
    """
    if not folder.is_dir():
        raise _failure(f"There is no terminal in {folder}.")
    try:
        if clear:
            faults.clear(folder)
        if wrong:
            faults.tell(folder, **_pairs(wrong))
        typer.echo(f"{folder.name}: {faults.read(folder)}")
    except VirtualTerminalError as error:
        raise _failure(str(error)) from error


@app.command()
def enrol(
    folder: Folder,
    key: Annotated[str, typer.Argument(help="The number under which the terminal keeps this person.")],
    name: Annotated[str, typer.Argument()],
    card: Annotated[list[str] | None, typer.Option(help="A card number; may be given again.")] = None,
    pin: Annotated[str, typer.Option()] = "",
    own: Annotated[bool, typer.Option("--own", help="One of the terminal's own administrators.")] = False,
) -> None:
    """Enrol a person at the terminal itself, as somebody does who stands before it; whoever had the number is replaced."""
    _do(lambda: tampering.enrol(folder, key=key, name=name, cards=card or [], pin=pin, own=own))


@app.command()
def show(
    folder: Folder,
    card: Annotated[str, typer.Option(help="The number of the card that is held to the reader.")] = "",
    pin: Annotated[str, typer.Option(help="The PIN that is typed.")] = "",
    key: Annotated[str, typer.Option(help="The number that is typed before the PIN.")] = "",
    at: Annotated[int, typer.Option("--door", min=1, help="At which of its doors.")] = 1,
) -> None:
    """Show a card or type a PIN at the door, and see whether it opens. The terminal writes it into its log."""
    try:
        decision = door.show(folder, card=card, pin=pin, key=key, door=at)
    except VirtualTerminalError as error:
        raise _failure(str(error)) from error
    typer.echo("The door opens." if decision.opened else f"The door stays shut: {decision.reason}.")


@app.command()
def empty(
    folder: Folder,
    replaced: Annotated[bool, typer.Option("--replaced", help="Another device stands there now: another serial number.")] = False,
) -> None:
    """Empty a terminal's memory, as a reset to the factory's state does."""
    _do(lambda: tampering.empty(folder, replaced=replaced))


@app.command()
def swap(one: Folder, other: Folder) -> None:
    """Let two terminals, neither of which may run, find each other's address at their next start."""
    _do(lambda: tampering.swap(one, other))


def _do(deed: Callable[[], None]) -> None:
    try:
        deed()
    except VirtualTerminalError as error:
        raise _failure(str(error)) from error


def _say_started(host: str, port: int) -> None:
    typer.echo(f"The virtual terminal listens on {host}:{port}.")


def _pairs(texts: list[str]) -> dict[str, Any]:
    pairs = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise _failure(f"'{text}' is not like NAME=VALUE.")
        try:
            pairs[name] = json.loads(value)
        except ValueError:
            pairs[name] = value
    return pairs


def _failure(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)
