"""What a list of people shows, as its address says: words, group, state, columns and page. Whatever is unknown is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorsync.hub.web.people.access_states import FILTERS

SIZES = (10, 25, 50, 100)
USUAL_SIZE = 50
COLUMNS: dict[str, Promise | str] = {
    "groups": _("Groups"),
    "state": _("State"),
    "until": _("Ends"),
    "credentials": _("Credentials"),
    "waiting": _("Waiting"),
    "id": _("Id"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "starts": _("Starts"),
}
USUAL_COLUMNS = ("groups", "state", "until", "credentials", "waiting")
LONGEST_TEXT, MOST_GROUPS, LAST_PAGE = 200, 20, 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChoice:
    """`group` are ids of groups of which people are in one at least; `state` is one of FILTERS or empty; `page` starts at 1."""

    text: str = ""
    groups: tuple[int, ...] = ()
    state: str = ""
    columns: tuple[str, ...] = USUAL_COLUMNS
    size: int = USUAL_SIZE
    page: int = 1

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """As the address says."""
        size, columns = _number(query.get("size", "")), tuple(name for name in COLUMNS if name in query.getlist("column"))
        state = query.get("state", "")
        return cls(
            text=" ".join(query.get("q", "").replace("\0", " ").split())[:LONGEST_TEXT],
            groups=tuple(_ids(query.getlist("group"))),
            state=state if state in FILTERS else "",
            columns=columns or USUAL_COLUMNS,
            size=size if size in SIZES else USUAL_SIZE,
            page=min(max(1, _number(query.get("page", ""))), LAST_PAGE),
        )

    def query(self, **changes: Any) -> str:
        """The query of an address, with these changes; without a page it is the first."""
        wanted = replace(self, **{"page": 1, **changes})
        pairs: list[tuple[str, str | int]] = [("q", wanted.text)] if wanted.text else []
        pairs += [("group", group) for group in wanted.groups]
        pairs += [("state", wanted.state)] if wanted.state else []
        pairs += [("column", name) for name in wanted.columns] if wanted.columns != USUAL_COLUMNS else []
        pairs += [("size", wanted.size)] if wanted.size != USUAL_SIZE else []
        pairs += [("page", wanted.page)] if wanted.page > 1 else []
        return urlencode(pairs)

    @property
    def is_filtered(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.text or self.groups or self.state)


def _ids(values: Iterable[str]) -> list[int]:
    return [number for number in dict.fromkeys(map(_number, values)) if number][:MOST_GROUPS]


def _number(text: str) -> int:
    """0 for what is no number that a database could hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
