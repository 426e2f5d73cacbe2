"""The sockets of a simulated controller: UDP and TCP on one port. Shares no code with the driver."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from doorsync.drivers.uhppote import packets
from doorsync.drivers.uhppote.controller import Controller
from doorsync.drivers.uhppote.controller_requests import ControllerRequests

Answer = Callable[[bytes], bytes | None]


@contextmanager
def controller_on_network(
    folder: Path, *, serial: int = 405419896, capacity: int = 20_000, port: int = 0
) -> Iterator[tuple[Controller, int]]:
    """A controller that answers on 127.0.0.1 while the block runs, and its port."""
    controller = Controller(folder, serial=serial, capacity=capacity)
    requests = ControllerRequests(controller)
    lock = threading.Lock()

    def answer(packet: bytes) -> bytes | None:
        with lock:
            return requests.answer(packet)

    udp, tcp = _servers(answer, port)
    threads = [threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True) for each in (udp, tcp)]
    for thread in threads:
        thread.start()
    try:
        yield controller, udp.server_address[1]
    finally:
        for server, thread in zip((udp, tcp), threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()
        controller.memory.close()


def _servers(answer: Answer, port: int) -> tuple[socketserver.UDPServer, socketserver.ThreadingTCPServer]:
    """Both on one port: a free one that TCP got may be taken for UDP; then another is tried."""
    while True:
        tcp = TcpServer(("127.0.0.1", port), _stream(answer))
        try:
            return socketserver.UDPServer(("127.0.0.1", tcp.server_address[1]), _datagram(answer)), tcp
        except OSError:
            tcp.server_close()
            if port:
                raise


class TcpServer(socketserver.ThreadingTCPServer):
    """A thread for each connection; those that a client left open do not hold the end up."""

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False


def _datagram(answer: Answer) -> type[socketserver.BaseRequestHandler]:
    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            packet, socket = self.request
            if reply := answer(packet):
                socket.sendto(reply, self.client_address)

    return Datagram


def _stream(answer: Answer) -> type[socketserver.BaseRequestHandler]:
    class Stream(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while packet := self.request.recv(packets.SIZE):
                if reply := answer(packet):
                    self.request.sendall(reply)

    return Stream
