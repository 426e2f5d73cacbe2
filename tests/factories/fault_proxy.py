"""A TCP proxy that does to connections what networks do to them; what it does can be changed while it runs.

It is as honest as a real wire: what was held back is delivered later, also when its sender has hung up since; only a
sender that resets its connection takes back what is still on the way.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.factories.patience import PATIENCE
from tests.factories.wire_faults import NONE, Fault
from tests.factories.wire_link import Link, end_all


class FaultProxy:
    """Listens on a port of its own and hands on to the target. Use it through `fault_proxy`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.fault = NONE  # of connections to come
        self.strikes = 0  # how many connections it hit since it was set
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listening.setblocking(False)
        self.port: int = self._listening.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._links: set[Link] = set()
        self._thread = threading.Thread(target=self._run, name=f"wire to {target}")

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def links(self) -> int:
        """How many connections stand."""
        return len(self._links)

    def do(self, fault: Fault, *, standing: bool = True) -> None:
        """From now on, on new connections and, unless told otherwise, also on those that stand."""
        done = threading.Event()

        def change() -> None:
            self.fault, self.strikes = fault, 0
            for link in list(self._links) if standing else []:
                link.suffer(fault)
            done.set()

        self._loop.call_soon_threadsafe(change)
        assert done.wait(PATIENCE)

    def heal(self, *, standing: bool = True) -> None:
        """Nothing is wrong any more; what was held back comes through."""
        self.do(NONE, standing=standing)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        accepting = self._loop.create_task(self._accept())
        self._loop.run_forever()
        accepting.cancel()
        self._loop.run_until_complete(end_all(asyncio.all_tasks(self._loop)))
        self._loop.close()
        self._listening.close()

    async def _accept(self) -> None:
        links = set()
        while True:
            client, _ = await self._loop.sock_accept(self._listening)
            task = self._loop.create_task(self._serve(client))
            links.add(task)
            task.add_done_callback(links.discard)

    async def _serve(self, client: socket.socket) -> None:
        link = Link(client, self.target, self.fault, struck=self._struck)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)

    def _struck(self) -> None:
        self.strikes += 1


@contextmanager
def fault_proxy(target: int) -> Iterator[FaultProxy]:
    """A wire to a port of this machine, without faults until it is told."""
    proxy = FaultProxy(target)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
