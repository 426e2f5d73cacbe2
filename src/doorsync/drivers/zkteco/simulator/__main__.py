"""`python -m doorsync.drivers.zkteco.simulator`: the emulator as a process, until it is told to stop."""

from __future__ import annotations

import argparse
import signal

from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.memory import Memory
from doorsync.drivers.zkteco.simulator.server import Server


def main() -> None:
    """Print the address, then wait."""
    parser = argparse.ArgumentParser(prog="doorsync.drivers.zkteco.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--comm-key", type=int, default=0)
    parser.add_argument("--capacity", type=int, default=10_000)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    given = parser.parse_args()
    server = Server(Device(memory=Memory(capacity=given.capacity), comm_key=given.comm_key), port=given.port)
    server.device.faults.delay = given.delay
    server.start()
    print(server.address, flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
