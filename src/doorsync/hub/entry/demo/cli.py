"""`doorsync demo`: try Doorsync out on this machine."""

from __future__ import annotations

import typer

app = typer.Typer()


@app.command()
def demo() -> None:
    """Try Doorsync out: a hub, an agent and three virtual terminals with a made-up gym, on this machine only.

    DOORSYNC_PORT sets the port (8000; 0 takes a free one), DOORSYNC_DATA the folder (var). Ctrl-C ends it; the next start
    finds everything as it was left. To begin anew, delete the folder.

    Example: DOORSYNC_PORT=0 DOORSYNC_DATA=/tmp/doorsync doorsync demo
    """
    from doorsync.hub.entry.commands.bootstrap import exit_with
    from doorsync.hub.entry.demo.runner import run
    from doorsync.hub.entry.startup import NotReady

    try:
        run(typer.echo)
    except NotReady as error:
        raise exit_with(str(error)) from None
