"""Whether the agent's port is free, its own, or somebody else's."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from doorsync.agent import daemon, data_folder, status_file
from doorsync.agent.config import Config
from doorsync.agent.diagnosis.finding import Finding, fail, ok, warn


def check_port(config: Config) -> Iterator[Finding]:
    """Looks without taking the port for longer than a moment."""
    kept = daemon.kept_port(config.data)
    port = config.port or (kept[0] if kept else 0)
    if data_folder.is_held(config.data):
        yield from _running(config)
    elif not port:
        yield ok("the agent does not run; it will take a free port and keep it")
    elif _is_free(config.host, port):
        yield warn(f"the agent does not run; its port {port} is free", "Start it: doorsync agent run, or its service.")
    else:
        advice = f"Find out which with: ss -ltnp 'sport = :{port}'. A new port must be told to the hub: enrol the agent again."
        yield fail(f"the agent does not run, and another program holds its port {port}", advice)


def _running(config: Config) -> Iterator[Finding]:
    told = status_file.read_status(config.data)
    if told is None or not told.url:
        yield warn("the agent runs but has not said where", "Wait a few seconds; see its log if this stays.")
        return
    host, _, port = told.url.removeprefix("http://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
        yield ok(f"the agent runs and listens on {told.url}")
    except OSError as error:
        yield fail(f"the agent runs but {told.url} does not answer: {error.strerror or error}", "See its log; start it again.")


def _is_free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return False
    return True
