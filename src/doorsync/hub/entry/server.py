"""Running the hub: one process that answers on one socket until it is told to end."""

from __future__ import annotations

import os
from collections.abc import Callable

from doorsync.hub.entry import startup
from doorsync.hub.settings.config import config


def run(started: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. `started` is told the address. Raises NotReady."""
    settings = startup.checked_settings()
    if settings.demo and not startup.is_loopback(settings.host):
        raise startup.NotReady(f"The demo listens on loopback only, not on {settings.host}.")
    startup.check_folder()
    listening = startup.listening_socket(settings)
    watched = startup.metrics_socket(settings)
    alone = startup.only_hub(settings, listening.getsockname()[1])
    # Pages and agents are told this address, so a port that the system chose must be known before the settings are used.
    os.environ["DOORSYNC_PORT"] = str(listening.getsockname()[1])
    config.cache_clear()
    startup.set_up()
    import uvicorn

    from doorsync.hub.entry.asgi import application
    from doorsync.hub.entry.http_connections import Connection
    from doorsync.hub.entry.monitoring.listener import Monitor
    from doorsync.hub.entry.request_log import with_request_lines
    from doorsync.hub.entry.shutdown import EventStreams, Server

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
