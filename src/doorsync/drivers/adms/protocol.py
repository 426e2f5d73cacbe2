"""Texts of the PUSH protocol, attendance firmware: commands, acknowledgements, uploads. Texts to values and back; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

LARGEST = 60_000  # bytes of commands in one answer; more than that no terminal is said to take
QUERY = "DATA QUERY USERINFO"
SENDS = "TransData AttLog OpLog AttPhoto EnrollFP EnrollUser ChgUser ChgFP"  # what a terminal tells unasked


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """What a terminal keeps of a person."""

    pin: str  # the number that people type
    name: str = ""
    password: str = field(default="", repr=False)
    card: str = field(default="", repr=False)
    privilege: int = 0

    @property
    def administers(self) -> bool:
        """Whether this is one of the terminal's own administrators."""
        return self.privilege != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a terminal says of itself when it polls: "firmware,users,templates,...". None where it does not."""

    firmware: str = ""
    users: int | None = None
    templates: int | None = None


def handshake(serial: str, delay: int, hours: int | None) -> str:
    """The answer to a terminal's first request: how often to poll, and its clock's offset from UTC where that is whole hours."""
    lines = {
        "ATTLOGStamp": "None",
        "OPERLOGStamp": "None",
        "ErrorDelay": str(delay * 3),
        "Delay": str(delay),
        "TransInterval": "1",
        "TransFlag": SENDS,
        "Realtime": "1",
        "Encrypt": "None",
    }
    if hours is not None:
        lines["TimeZone"] = str(hours)
    return "\n".join([f"GET OPTION FROM: {serial}", *(f"{name}={value}" for name, value in lines.items())]) + "\n"


def numbered(number: int, command: str) -> str:
    """A command as it goes out."""
    return f"C:{number}:{command}"


def update(user: User) -> str:
    """Add or replace. The time zone is that of the person's group: 1, always open as terminals come."""
    fields = {
        "PIN": user.pin,
        "Name": user.name,
        "Pri": str(user.privilege),
        "Passwd": user.password,
        "Card": user.card,
        "Grp": "1",
        "TZ": "0000000100000000",
        "Verify": "0",
    }
    return "DATA UPDATE USERINFO " + "\t".join(f"{name}={value}" for name, value in fields.items())


def delete(pin: str) -> str:
    """Remove, with all templates."""
    return f"DATA DELETE USERINFO PIN={pin}"


def acknowledged(body: str) -> Iterator[tuple[int, int]]:
    """Number and return code of each command that a terminal says it has carried out; other lines belong to their answers."""
    for line in body.splitlines():
        values = dict(part.split("=", 1) for part in line.split("&") if "=" in part)
        number, code = values.get("ID", ""), values.get("Return", "")
        if number.isascii() and number.isdigit() and code.removeprefix("-").isdigit() and code.isascii():
            yield int(number), int(code)


def uploaded(body: str) -> Iterator[User]:
    """The people in an upload; lines about other things are left out."""
    for line in body.splitlines():
        text = line.removeprefix("USERINFO ").removeprefix("USER ")
        values = dict(part.split("=", 1) for part in text.split("\t") if "=" in part)
        if text.startswith("PIN=") and "Name" in values:
            yield _user(values)


def status_in(text: str) -> Status:
    """The status in the parameter INFO."""
    parts = [*text.split(","), "", "", ""]
    return Status(firmware=parts[0][:64], users=_count(parts[1]), templates=_count(parts[2]))


def _user(values: Mapping[str, str]) -> User:
    privilege = values.get("Pri", "0").strip()
    return User(
        pin=values["PIN"].strip(),
        name=values["Name"],
        password=values.get("Passwd", ""),
        card=values.get("Card", "").strip(),
        privilege=int(privilege) if privilege.isascii() and privilege.isdigit() else 1,
    )


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
