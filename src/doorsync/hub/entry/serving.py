"""Running the hub: one process that answers on one socket until it is told to end."""

from __future__ import annotations

import os
from collections.abc import Callable

from doorsync.hub.entry import readiness
from doorsync.hub.settings.config import config


def run(started: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. `started` is told the address. Raises NotReady."""
    settings = readiness.settings()
    if settings.demo and not readiness.is_loopback(settings.host):
        raise readiness.NotReady(f"The demo listens on loopback only, not on {settings.host}.")
    readiness.check_folder()
    listening = readiness.listening_socket(settings)
    watched = readiness.metrics_socket(settings)
    alone = readiness.only_hub(settings, listening.getsockname()[1])
    # Pages and agents are told this address, so a port that the system chose must be known before the settings are used.
    os.environ["DOORSYNC_PORT"] = str(listening.getsockname()[1])
    config.cache_clear()
    readiness.set_up()
    import uvicorn

    from doorsync.hub.entry.asgi import application
    from doorsync.hub.entry.connections import Connection
    from doorsync.hub.entry.ending import EventStreams, Server
    from doorsync.hub.entry.monitoring.serving import Monitor
    from doorsync.hub.entry.request_lines import with_request_lines

    streams = EventStreams(application)
    server = Server(
        uvicorn.Config(
            with_request_lines(streams),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # who may say where a call comes from is our own rule
            ws="none",
            http=Connection,
        ),
        streams,
        Monitor(watched) if watched else None,
    )
    started(config().origin)
    server.run(sockets=[listening])
    alone.close()
