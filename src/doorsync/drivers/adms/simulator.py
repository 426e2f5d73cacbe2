"""An emulated terminal that calls the station and carries out what it gets. It shares no code with the driver."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass, field
from urllib.parse import urlencode

OPTIONS = "/iclock/cdata"


@dataclass
class Person:
    """What it keeps of one."""

    name: str = ""
    password: str = ""
    card: str = ""
    privilege: int = 0


@dataclass
class Terminal:
    """Memory and faults; both may be changed while it runs."""

    serial: str = "ADMS0000000001"
    capacity: int = 3000
    people: dict[str, Person] = field(default_factory=dict)
    shows: bool = True  # uploads people when it is asked to
    counts: bool = True  # tells how many people it holds
    executes: bool = True  # else it polls, and does nothing of what it is told
    acknowledges: bool = True
    refuses: dict[str, int] = field(default_factory=dict)  # return code by number of a person, "*" for everybody
    executed: list[str] = field(default_factory=list)

    def info(self) -> str:
        """What it says of itself at a poll."""
        users = str(len(self.people)) if self.counts else ""
        return f"Ver 8.0.4 Emulator,{users},0,0,127.0.0.1,10,7,0,0,1100000000"

    def carry_out(self, command: str) -> tuple[int, str]:
        """The return code, and what it uploads."""
        self.executed.append(command)
        if command == "DATA QUERY USERINFO":
            return 0, self._table() if self.shows else ""
        verb, _, rest = command.partition(" USERINFO ")
        values = dict(part.partition("=")[::2] for part in rest.split("\t"))
        number = values.get("PIN", "")
        if code := self.refuses.get(number, self.refuses.get("*", 0)):
            return code, ""
        if verb == "DATA DELETE":
            self.people.pop(number, None)
            return 0, ""
        if verb != "DATA UPDATE" or not number:
            return -1004, ""
        if number not in self.people and len(self.people) >= self.capacity:
            return -3, ""
        privilege = int(values.get("Pri") or 0)
        self.people[number] = Person(values.get("Name", ""), values.get("Passwd", ""), values.get("Card", ""), privilege)
        return 0, ""

    def _table(self) -> str:
        rest = "Grp=1\tTZ=0000000100000000\n"
        return "".join(
            f"USER PIN={number}\tName={one.name}\tPri={one.privilege}\tPasswd={one.password}\tCard={one.card}\t{rest}"
            for number, one in self.people.items()
        )


class Caller:
    """The terminal's side of the wire, in a thread: it calls until it is stopped."""

    def __init__(self, terminal: Terminal, station: str, pause: float = 0.02) -> None:
        self.terminal = terminal
        self._host, _, port = station.rpartition(":")
        self._port = int(port)
        self._pause = pause
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to call."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Be silent."""
        self._stop.set()
        if self._thread:
            self._thread.join()
        self._thread = None

    def _run(self) -> None:
        greeted = False
        while not self._stop.is_set():
            try:
                greeted = greeted or self._ask("GET", OPTIONS, options="all", pushver="2.4.1").startswith("GET OPTION FROM")
                busy = greeted and self._round()
            except OSError:
                busy = False
            if not busy:
                self._stop.wait(self._pause)

    def _round(self) -> bool:
        """One poll and what it brings; whether there was anything to do."""
        told = [
            line
            for line in self._ask("GET", "/iclock/getrequest", INFO=self.terminal.info()).splitlines()
            if line.startswith("C:")
        ]
        answers = []
        for line in told if self.terminal.executes else ():
            _, number, command = line.split(":", 2)
            code, table = self.terminal.carry_out(command)
            if table:
                self._ask("POST", OPTIONS, table, table="OPERLOG", Stamp="1")
            answers.append(f"ID={number}&Return={code}&CMD=DATA")
        if answers and self.terminal.acknowledges:
            self._ask("POST", "/iclock/devicecmd", "\n".join(answers) + "\n")
        return bool(told)

    def _ask(self, method: str, path: str, body: str = "", **parameters: str) -> str:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=10)
        try:
            address = f"{path}?{urlencode({'SN': self.terminal.serial, **parameters})}"
            connection.request(method, address, body.encode() if method == "POST" else None)
            answer = connection.getresponse()
            return answer.read().decode() if answer.status == 200 else ""
        except http.client.HTTPException as error:
            raise OSError from error
        finally:
            connection.close()
