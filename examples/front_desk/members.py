"""What a gym's program does with its members: give one a card, send it to the doors, and read who came.

    pip install zeep
    python members.py http://127.0.0.1:8000 add M-1042 Anna Jansen --card 36136500607727109 --group Members --until 2027-11-30
    python members.py http://127.0.0.1:8000 sync --location 1
    python members.py http://127.0.0.1:8000 log --since 2026-11-27

It asks for the company's code, or reads it from ESWS_CODE. The id (M-1042) is the program's own: the company needs an info
field with the function wsAltUserId. `sync` needs an agent that dials out; without one open a link, as front_desk.py does.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
import time
from typing import Any

from zeep import Client
from zeep.exceptions import Fault, TransportError

UNDER_WAY = ("WAITING FOR A CONNECTION", "SYNCING")
PAUSE, PATIENCE = 1, 120  # seconds between two questions, and in all
NOBODY = "-1 NO RECORD"


class Refused(Exception):
    """The service answered with one of its return strings."""


class Esws:
    """The service, by position and with every parameter, as its documentation wants it."""

    def __init__(self, hub: str, code: str) -> None:
        client: Any = Client  # zeep tells no types
        self.service = client(f"{hub}/webservicesesws?wsdl").service
        self.code = code

    def call(self, operation: str, *values: object) -> Any:
        """What the service returns."""
        return self.service[f"Esws.{operation}"](self.code, *values)


def add(service: Esws, chosen: argparse.Namespace) -> str:
    """Insert or change a member, with one card; returns their id in Doorsync."""
    names = ("", chosen.last_name, chosen.first_name, "0", "0")  # no PIN, no flags
    stay = (chosen.since, chosen.until)
    keys = (chosen.group, "1", chosen.card, "", "", "0")
    answer: str = service.call("updateUserAltId", chosen.id, *names, *stay, {}, *keys, "", "", "0")
    if not re.fullmatch("[0-9]+", answer):
        raise Refused(answer)
    return f"{chosen.first_name} {chosen.last_name} is user {answer}."


def sync(service: Esws, chosen: argparse.Namespace) -> str:
    """Send what waits at a location, of one member or of all, and wait until that is done."""
    user = service.call("getUserId", chosen.id) if chosen.id else "0"
    if not user.isdigit():
        raise Refused(user)
    code = service.call("autoSync", chosen.location, user)
    if not re.fullmatch("[0-9A-Za-z]{64}", code):
        raise Refused(code)
    return _end_of(service, code)


def _end_of(service: Esws, code: str) -> str:
    end = time.monotonic() + PATIENCE
    while (status := service.call("getSyncStatus", code)) in UNDER_WAY and time.monotonic() < end:
        time.sleep(PAUSE)
    return str(status)


def log(service: Esws, chosen: argparse.Namespace) -> str:
    """Who was let in or refused since then, a line for each. An hourly program rather asks getLogsById after its last scanID."""
    rows = service.call("getLogs", chosen.since, "", "", "", "", "", "", "0")
    if rows and not rows[0]["Time"]:  # no event, but a return string in the place of the terminal
        if rows[0]["Terminal"] != NOBODY:
            raise Refused(rows[0]["Terminal"])
        return "Nobody came."
    return "\n".join(f"{row['Time']} {row['TerminalName']}: {row['UserID'] or 'somebody'} {row['LogText']}" for row in rows)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("hub", help="Doorsync's address, such as http://127.0.0.1:8000")
    what = options.add_subparsers(required=True)
    one = what.add_parser("add", help="insert or change a member")
    for name in ("id", "first_name", "last_name"):
        one.add_argument(name)
    for name in ("card", "group", "since", "until"):
        one.add_argument(f"--{name}", default="")
    one.set_defaults(do=add)
    one = what.add_parser("sync", help="send what waits at a location")
    one.add_argument("--location", required=True, help="its id")
    one.add_argument("--id", default="", help="of one member; else everybody")
    one.set_defaults(do=sync)
    one = what.add_parser("log", help="who came")
    one.add_argument("--since", required=True, help="yyyy-mm-dd, with hh:ii:ss behind it")
    one.set_defaults(do=log)
    return options


def main() -> int:
    """Do one of the three."""
    chosen = _options().parse_args()
    code = os.environ.get("ESWS_CODE") or getpass.getpass("Company code: ")
    try:
        print(chosen.do(Esws(chosen.hub.rstrip("/"), code), chosen))
    except Refused as error:
        sys.exit(f"Doorsync refused it: {error}")
    except (Fault, TransportError, OSError) as error:
        sys.exit(f"Doorsync did not answer at {chosen.hub}: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
