"""The gauges: what stands in the database, the same from whichever process is asked; and what lives in this process.

They are read anew only after a while that grows with what reading cost, so that nobody who asks often slows the hub down.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from threading import Lock

import structlog
from django.db import DatabaseError, connection
from prometheus_client import REGISTRY, Metric, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector

from doorsync import __version__
from doorsync.hub.courier.waiting_agents import waiters
from doorsync.hub.entry.lifespan import living_threads
from doorsync.hub.entry.monitoring import queries
from doorsync.hub.sync.run.scheduler import seconds_since_last_round

FRESH = 5.0  # seconds in which figures are not read again
COST = 20  # times as long as reading them took
log = structlog.get_logger()


class Figures(Collector):
    """What Prometheus collects beside the counters."""

    def __init__(self) -> None:
        self._lock, self._read_at, self._took = Lock(), float("-inf"), 0.0
        self._known: list[Metric] = []
        self._up = False

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that registering the collector does not query the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """This process now, and the database as it was a moment ago."""
        yield from _of_this_process()
        with self._lock:
            if time.monotonic() - self._read_at > max(FRESH, self._took * COST):
                self._read()
            yield Gauge("doorsync_database_up", "Whether the database answered.", value=self._up)
            yield Gauge("doorsync_figures_seconds", "How long it took to read the figures from the database.", value=self._took)
            yield from self._known if self._up else ()

    def _read(self) -> None:
        began = time.monotonic()
        try:
            self._known, self._up = list(queries.all_figures()), True
        except DatabaseError as error:
            self._up = False
            log.warning("The figures could not be read from the database.", error=type(error).__name__)
        finally:
            connection.close()
        self._read_at = time.monotonic()
        self._took = self._read_at - began


def register() -> None:
    """Register the gauges with Prometheus's client in this process."""
    disable_created_metrics()  # type: ignore[no-untyped-call]  # it ships no types for this one
    REGISTRY.register(Figures())


def _of_this_process() -> Iterator[Metric]:
    build = Gauge("doorsync_build_info", "The version that runs.", labels=["version"])
    build.add_metric([__version__], 1)
    yield build
    alive = Gauge("doorsync_background_alive", "Whether a thread that the hub needs lives.", labels=["thread"])
    for name, lives in sorted(living_threads().items()):
        alive.add_metric([name], lives)
    yield alive
    yield Gauge(
        "doorsync_clock_turn_age_seconds",
        "How long ago the clock that lets starts and expiries take effect last went round.",
        value=seconds_since_last_round(),
    )
    yield Gauge("doorsync_waiting_agents", "Agents that wait at this process for work.", value=waiters.count())
