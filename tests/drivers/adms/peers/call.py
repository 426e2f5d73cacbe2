"""Runs in the environment of the peers: ADMSDeviceSimulator of django-fingerprint-attendance calls a station.

Until standard input ends, whose first line is {"address", "serial", "firmware", "fail_commands", "ack"}; then it prints
{"users", "executed", "greeted"}.
"""

import json
import os
import select
import sys
import urllib.error
import urllib.request
from urllib.parse import urlencode

from fingerprint_attendance.testing.simulator import ADMSDeviceSimulator


class Answer:
    def __init__(self, status, content):
        self.status_code, self.content = status, content


class Http:
    """What the simulator calls: get and post, as Django's test client has them, over real HTTP."""

    def __init__(self, address):
        self.address = address

    def get(self, path, parameters, **_):
        return self._ask(f"{path}?{urlencode({name: value for name, value in parameters.items() if value is not None})}", None)

    def post(self, path, data, **_):
        return self._ask(path, data)

    def _ask(self, path, data):
        try:
            with urllib.request.urlopen(urllib.request.Request(f"http://{self.address}{path}", data), timeout=60) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read())


def main():
    given = json.loads(sys.stdin.readline())
    terminal = ADMSDeviceSimulator(Http(given["address"]), serial=given["serial"], firmware=given["firmware"])
    terminal.fail_commands = given["fail_commands"]
    greeted = {}
    ended = False
    while not ended:
        try:
            greeted = greeted or terminal.handshake()
            terminal.run_commands(ack=given["ack"])
        except AssertionError:  # it is not let in yet
            pass
        ready, _, _ = select.select([sys.stdin], [], [], 0.02)
        ended = bool(ready) and not os.read(sys.stdin.fileno(), 64)
    print(json.dumps({"users": terminal.users, "executed": terminal.executed, "greeted": greeted}))


main()
