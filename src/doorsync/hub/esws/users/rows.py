"""Users as the reading operations give them. An error stands in the first field, with all others empty.

Which fields, and which form of a date: docs/decisions/what-programs-read-of-users.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from doorsync.hub.esws.elements import escaped, needs_escapes
from doorsync.hub.esws.values import STRING, ArrayOf, Struct
from doorsync.hub.users.fields import INFO
from doorsync.hub.users.models import User
from doorsync.hub.users.reading import FullUser

KINDS = ("pin", "card", "licence_plate")  # the credentials that getUsers gives
MIDNIGHT = "T00:00"
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowStruct(Struct):
    """A row of strings, whose first field may carry a return string."""

    def problem(self, text: str) -> dict[str, str]:
        """An empty row with the text in its first field."""
        return dict.fromkeys(self.fields, "") | {next(iter(self.fields)): text}

    def write(self, tag: str, value: Mapping[str, str]) -> str:
        """An element with all fields, by a form that is made once: there may be many rows."""
        form, names = _form(tag, self.name, tuple(self.fields))
        texts = [value[name] for name in names]
        if needs_escapes("".join(texts)):  # one look at all of them: hardly any row needs more
            texts = [escaped(each) for each in texts]
        return form % tuple(texts)


@cache
def _form(tag: str, struct: str, fields: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The element with a place for each field, and the fields in this order."""
    inside = "".join(f'<{name} xsi:type="{STRING.name}">%s</{name}>' for name in fields)
    return f'<{tag} xsi:type="{struct}">{inside}</{tag}>', fields


def array_of(struct: str, *fields: str) -> ArrayOf:
    """Rows of these fields."""
    return ArrayOf(RowStruct(struct, dict.fromkeys(fields, STRING)))


USER_FIELDS = (
    *("UserId", "PIN", "Achternaam", "Insertion", "Voornaam", "Admin", "Security", "StartDate", "ExpireDate", *INFO),
    *("GroupS", "TemplatesNr", "wsAltUserId", "CardId", "LicensePlate", "IsVisitor", "Active"),
)
FOUND_FIELDS = ("UserId", "Achternaam", "Voornaam", "FaceTemplates")
USERS = array_of("getUsersObject", *USER_FIELDS)


def user_row(full: FullUser, *, with_time: bool) -> Row:
    """Everything that getUsers tells of a user."""
    user = full.user
    return {
        "UserId": str(user.number),
        "PIN": _joined(full, "pin"),
        "Achternaam": user.last_name,
        "Insertion": user.insertion,
        "Voornaam": user.first_name,
        "Admin": _flag(user.admin),
        "Security": _flag(user.security),
        "StartDate": told_start(user.starts, with_time=with_time),
        "ExpireDate": told_expiry(user.expires, with_time=with_time),
        **full.info,
        "GroupS": ";".join(full.groups),
        "TemplatesNr": "0",
        "wsAltUserId": user.external_id,
        "CardId": _joined(full, "card"),
        "LicensePlate": _joined(full, "licence_plate"),
        "IsVisitor": _flag(user.visitor),
        "Active": _flag(user.active),
    }


def found_rows(users: Iterable[User]) -> list[Row]:
    """What the operations tell that look for users."""
    return [dict(zip(FOUND_FIELDS, (str(each.number), each.last_name, each.first_name, "0"), strict=True)) for each in users]


def told_start(wall: str, *, with_time: bool) -> str:
    """A start; empty where there is none."""
    return _written(wall, with_time=with_time)


def told_expiry(wall: str, *, with_time: bool) -> str:
    """An expiry; empty where there is none. Without its time it is the last day on which access lasts, if only for a part."""
    if with_time or not wall.endswith(MIDNIGHT):
        return _written(wall, with_time=with_time)
    return (date.fromisoformat(wall.removesuffix(MIDNIGHT)) - timedelta(days=1)).isoformat()


def _written(wall: str, *, with_time: bool) -> str:
    if not wall:
        return ""
    return f"{wall.replace('T', ' ')}:00" if with_time else wall.partition("T")[0]


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _joined(full: FullUser, kind: str) -> str:
    return ";".join(full.credentials.get(kind, ()))
