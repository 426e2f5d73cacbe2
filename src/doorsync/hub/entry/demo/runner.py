"""The demo from start to end: a folder and a port for it, all its parts, and a clean end for each of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import urlsplit

from doorsync.hub.entry import startup
from doorsync.hub.entry.demo import signals
from doorsync.hub.entry.demo.layout import DemoLayout
from doorsync.hub.entry.demo.processes import DemoProcesses
from doorsync.hub.entry.startup import NotReady
from doorsync.hub.settings.config import Config, config


def run(say: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM. Raises NotReady with one clear line when it cannot."""
    try:
        signals.listen()
        settings = _loopback_only(startup.checked_settings())
        startup.check_folder()
        home = DemoLayout(settings.data.resolve())
        with home.held():
            _settle_at(_free_port(settings, home), home)
            startup.set_up()
            from doorsync.hub.entry.demo.story import live  # needs Django to be set up

            with DemoProcesses(home.own / "logs") as household:
                live(home, household, say)
    except signals.Ended:
        say("The demo has ended. Its data stays: start it again to go on.")


def _loopback_only(settings: Config) -> Config:
    reached = {"DOORSYNC_HOST": settings.host, "DOORSYNC_PUBLIC_URL": urlsplit(settings.origin).hostname or ""}
    for name, host in reached.items():
        if not startup.is_loopback(host):
            raise NotReady(
                f"The demo's password is known to everybody, so it listens on loopback only. {name} says {host}: unset it."
            )
    return settings


def _free_port(settings: Config, home: DemoLayout) -> int:
    """The port that was asked for; with 0 the one of last time if it is free, or else any that is."""
    kept = home.kept("port")
    for port in [settings.port] if settings.port else [*([int(kept)] if kept else []), 0]:
        try:
            with startup.listening_socket(settings.model_copy(update={"port": port})) as trial:
                return int(trial.getsockname()[1])
        except NotReady:
            if port == settings.port:
                raise
    raise NotReady("There is no free port.")


def _settle_at(port: int, home: DemoLayout) -> None:
    """Set the environment from which all processes of the demo read folder and port."""
    home.keep("port", str(port))
    os.environ |= {"DOORSYNC_PORT": str(port), "DOORSYNC_DATA": str(home.data), "DOORSYNC_DEMO": "true"}
    config.cache_clear()
