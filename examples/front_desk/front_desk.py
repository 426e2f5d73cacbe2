"""A gym's front desk program that lets its door terminals be synchronised: ask for a token, open the sign-in link.

    pip install zeep
    python front_desk.py http://127.0.0.1:8000

It asks for the company's code and the administrator's name and password, or reads them from ESWS_CODE, ESWS_USER and
ESWS_PASSWORD. This file is all there is to an integration; copy what you need.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
import webbrowser

from zeep import Client
from zeep.exceptions import Fault, TransportError

# What the service answers instead of a token, and what that means at a front desk.
ANSWERS = {
    "ERROR_NO_SECURITY_HASH": "Enter the company's code.",
    "ERROR_UNKNOWN_SECURITY_HASH": "This company code is not known. Copy it again from Doorsync.",
    "NO USERNAME PROVIDED": "Enter the administrator's name.",
    "NO PASSWORD PROVIDED": "Enter the administrator's password.",
    "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD": "Name or password is wrong.",
}


class NotSignedIn(Exception):
    """The service gave no token."""


def sign_in_link(hub: str, code: str, username: str, password: str) -> str:
    """Ask for a token and make the address that a browser opens. Ask anew each time: a link works once, for five minutes."""
    client = Client(f"{hub}/webservicesesws?wsdl")
    answer = client.service["Esws.getTotalSyncToken"](code, username, password)
    if not re.fullmatch("[0-9a-f]{128}", answer):
        raise NotSignedIn(ANSWERS.get(answer, answer))
    return f"{hub}/users/totalSyncUsersLogin/{answer}"


def main() -> int:
    """Sign in and open the sync page in the browser; `--print` only prints the link, for a web container."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("hub", help="Doorsync's address, such as http://127.0.0.1:8000")
    options.add_argument("--print", action="store_true", help="print the link instead of opening it")
    chosen = options.parse_args()
    code = os.environ.get("ESWS_CODE") or getpass.getpass("Company code: ")
    username = os.environ.get("ESWS_USER") or input("Administrator: ")
    password = os.environ.get("ESWS_PASSWORD") or getpass.getpass("Password: ")
    try:
        link = sign_in_link(chosen.hub.rstrip("/"), code, username, password)
    except NotSignedIn as error:
        sys.exit(str(error))
    except (Fault, TransportError, OSError) as error:
        sys.exit(f"Doorsync did not answer at {chosen.hub}: {error}")
    print(link) if chosen.print else webbrowser.open(link)
    return 0


if __name__ == "__main__":
    sys.exit(main())
