"""Runs the agent as a program: its data folder held, its port kept, its work ended in order when it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Never

from doorsync.agent import config_file, data_folder, drivers, logs
from doorsync.agent.batch_service import BatchService
from doorsync.agent.cloud_courier import CloudCourier
from doorsync.agent.config import Config
from doorsync.agent.errors import PortTaken
from doorsync.agent.events.service import event_service
from doorsync.agent.kept_state import State
from doorsync.agent.logs import log
from doorsync.agent.server import application
from doorsync.agent.shutdown import END_WORK, Server, exit_process, stop_in_order
from doorsync.agent.stations import Stations
from doorsync.agent.status_file import StatusFile
from doorsync.agent.terminal_watch import TerminalWatch

PORT = "port"


def run(config: Config, *, started: Callable[[str], None], file: Path | None = None) -> Never:
    """Run until SIGTERM or SIGINT, which end the process; `started` is told the address. Writes a missing settings `file`.

    Raises an AgentError.
    """
    logs.configure()
    with data_folder.hold_folder(config.data):
        state = State(config.data)
        if file:
            config_file.write_once(file)
        with open_socket(config) as listening:
            port = listening.getsockname()[1]
            status_file = StatusFile(config.data)
            found = _drivers()
            batch_service = BatchService(state, found, config, status_file)
            app = application(
                batch_service, hosts=accepted_hosts(config, port), origins=[*state.identity.origins, *config.origins]
            )
            courier = CloudCourier(state.identity.hub_url, batch_service, config, status_file)
            watch = TerminalWatch(
                status_file,
                found,
                courier.tell_reached,
                courier.tell_changed,
                busy=batch_service.is_busy,
                settings=batch_service.connections.of,
            )
            stations = Stations(found, config.data, status_file, courier.tell_reached)
            events = event_service(state, found, status_file, batch_service, config)
            stations.start({"adms": config.listen_adms})
            batch_service.held_doors.start()
            status_file.started(f"http://{config.host}:{port}", cloud=config.cloud)
            if config.cloud:
                courier.start()
                watch.start()
                events.start()
            server = Server(app, stopping=batch_service.stop_accepting)
            stop_in_order(server)
            started(f"http://{config.host}:{port}")
            try:
                server.run(sockets=[listening])
            finally:
                events.stop()
                watch.stop()
                courier.stop()
                batch_service.held_doors.stop()
                stations.stop()
                batch_service.stop(within=END_WORK)
    exit_process()


def open_socket(config: Config) -> socket.socket:
    """The socket on the port that was asked for, or else the one it had before, or else a free one; the port is kept."""
    for port in [config.port] if config.port else [*kept_port(config.data), 0]:
        try:
            listening = socket.create_server((config.host, port), backlog=128)
        except OSError as error:
            if port == config.port:
                raise PortTaken(f"Cannot listen on {config.host}:{port}: {error.strerror}.") from error
            log.warning("The port that the hub knows is taken by another program.", port=port)
            continue
        bound = listening.getsockname()[1]
        if kept_port(config.data) != [bound]:
            data_folder.write(config.data / PORT, f"{bound}\n")
        return listening
    raise PortTaken


def accepted_hosts(config: Config, port: int) -> set[str]:
    """The names under which a browser may call it."""
    own = {config.host, "127.0.0.1", "localhost", "[::1]"}
    return {*(f"{name}:{port}" for name in own), *config.hosts}


def kept_port(folder: Path) -> list[int]:
    """The port that it had before, if there was one."""
    try:
        return [int((folder / PORT).read_text())]
    except (OSError, ValueError):
        return []


def _drivers() -> drivers.Drivers:
    found = drivers.find_drivers()
    for name, reason in found.broken.items():
        log.error("A driver is broken; its terminals are out of reach.", driver=name, why=reason)
    return found
