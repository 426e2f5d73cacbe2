"""getTotalSyncToken over HTTP, beside PHP's SoapServer and spyne doing the same work on the same database, in turns.

The same work: company, administrator, source and budgets are looked up, the password is verified, older tokens are displaced, a
token and an entry in a hash chain are written, with the same foreign keys and the same care for the disk. With a password that
was verified a moment ago the hub and both peers compare a keyed digest; then once more with Argon2id for each call, by the hub
and by PHP. Each server has one core, the machine's first, for all its processes; the caller has another. PHP runs as php-fpm
with four processes behind nginx, spyne under gunicorn with two processes of four threads, both with lasting connections to the
database; the hub is one process.

`sqlite` or `postgresql` as an argument runs only that one, `all-cores` lets all of them have all cores. A target that is missed
is said. It fails when a ratio is below four tenths of its target, so that a hub that became slower is noticed also where a
target is missed, and when a peer cannot be started.
"""

from __future__ import annotations

import os
import re
import socket
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).parent
os.environ.setdefault("DOORSYNC_DATA", tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ["DOORSYNC_DATABASE_URL"] = os.environ.get("DOORSYNC_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"
sys.path.insert(0, str(HERE.parent))

from peers.databases import on_each_database, verdict  # noqa: E402 - after the path

CONNECTIONS, SECONDS, ROUNDS = 16, 2.0, 3
TOKEN = re.compile(rb">[0-9a-f]{128}<")


def compare(*, one_core: bool) -> int:
    """Print the rates on the database of the environment; 1 when a ratio is below its floor."""
    from peers import servers

    servers.prepare()
    if one_core:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with ExitStack() as running:
        each_of = (server(one_core=one_core) for server in (servers.hub, servers.php, servers.spyne))
        hub, php, spyne = map(running.enter_context, each_of)
        rates = in_turns({"hub": hub, "PHP SoapServer": php, "spyne": spyne})
    verdicts = [verdict(rates, "PHP SoapServer", 2.0), verdict(rates, "spyne", 4.0)]
    with ExitStack() as running:
        hub, php = (running.enter_context(each(remembered=False, one_core=one_core)) for each in (servers.hub, servers.php))
        print("  with Argon2id for each call:")
        verdicts.append(verdict(in_turns({"hub": hub, "PHP SoapServer": php}), "PHP SoapServer", 0.9))
    return int(not all(verdicts))


def in_turns(ports: dict[str, int]) -> dict[str, float]:
    """Calls a second of each, the median of some rounds, printed."""
    for port in ports.values():
        rate(port, 0.5)
    taken = [{name: rate(port, SECONDS) for name, port in ports.items()} for _ in range(ROUNDS)]
    rates = {name: statistics.median(each[name] for each in taken) for name in ports}
    for name, each in rates.items():
        print(f"  {name:16}{each:7.0f} calls/s", flush=True)
    return rates


def rate(port: int, seconds: float) -> float:
    """Calls a second over all connections. Each call must bring a token."""
    from peers.call_rate import call_rate, post_request

    from tests.factories import soap

    request = post_request(soap.PATH, soap.SAMPLE, {**soap.XML, "SOAPAction": '""'})
    return call_rate(port, request, connections=CONNECTIONS, seconds=seconds, read=read_token)


def read_token(connection: socket.socket) -> None:
    """Read one answer to its end."""
    text = b""
    while b":Envelope>" not in text and not text.endswith(b"0\r\n\r\n"):
        piece = connection.recv(65536)
        assert piece, text
        text += piece
    if b"Transfer-Encoding: chunked" in text.partition(b"\r\n\r\n")[0]:
        while not text.endswith(b"0\r\n\r\n"):
            text += connection.recv(65536)
    assert text.startswith(b"HTTP/1.1 200"), text
    assert TOKEN.search(text), text


if __name__ == "__main__":
    sys.exit(compare(one_core="all-cores" not in sys.argv) if "here" in sys.argv else on_each_database(__file__, sys.argv[1:]))
