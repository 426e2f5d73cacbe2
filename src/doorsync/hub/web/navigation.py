"""The menu of the administrators' pages. A new page is one `Place` more in its section; a section without places is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorsync.hub.administrators.authentication import SignedIn
from doorsync.hub.administrators.rules import Permission, may


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page that the menu leads to, for those who may read it.

    `url` is the name of its address; `shared`: a sync session may open it too.
    """

    title: str | Promise
    url: str
    shared: bool = False
    needs: Permission = Permission.VIEW

    def address(self, signed_in: SignedIn) -> str:
        """Pages that two kinds of sessions open must be told which of them is meant."""
        return f"{reverse(self.url)}?{signed_in.query}" if self.shared else reverse(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An entry of the menu. It leads to the first of its places; the others stand in a second row."""

    title: str | Promise
    icon: str
    places: tuple[Place, ...]


OVERVIEW: tuple[Place, ...] = (Place(title=_("Overview"), url="overview"),)
PEOPLE: tuple[Place, ...] = (
    Place(title=_("People"), url="people:list"),
    Place(title=_("Visitors"), url="visitors:list"),
)
ACCESS: tuple[Place, ...] = (
    Place(title=_("Rights"), url="access:rights"),
    Place(title=_("Who can open"), url="access:openings"),
    Place(title=_("Groups"), url="access:groups"),
    Place(title=_("Zones"), url="access:zones"),
    Place(title=_("Time schedules"), url="access:schedules"),
    Place(title=_("Holidays"), url="access:calendars"),
)
DOORS: tuple[Place, ...] = (
    Place(title=_("Doors"), url="doors:list"),
    Place(title=_("Agents"), url="terminals:agents", needs=Permission.AGENTS),
    Place(title=_("Locations"), url="locations:list"),
)
SYNC: tuple[Place, ...] = (Place(title=_("Sync"), url="sync:plan-page", shared=True),)
ACTIVITY: tuple[Place, ...] = (
    Place(title=_("Access log"), url="activity:log"),
    Place(title=_("Revocations"), url="activity:revocations"),
    Place(title=_("Erasures"), url="activity:erasures", needs=Permission.PRIVACY),
    Place(title=_("Audit"), url="audit:audit", needs=Permission.AUDIT),
)
SETTINGS: tuple[Place, ...] = (
    Place(title=_("Company"), url="settings:company", needs=Permission.SETTINGS),
    Place(title=_("Administrators"), url="administrators:list", needs=Permission.SETTINGS),
    Place(title=_("Your account"), url="account:account"),
)

MENU = (
    Section(title=_("Overview"), icon="overview", places=OVERVIEW),
    Section(title=_("People"), icon="person", places=PEOPLE),
    Section(title=_("Access"), icon="key", places=ACCESS),
    Section(title=_("Doors"), icon="door", places=DOORS),
    Section(title=_("Sync"), icon="turn", places=SYNC),
    Section(title=_("Activity"), icon="clock", places=ACTIVITY),
    Section(title=_("Settings"), icon="settings", places=SETTINGS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of the menu as a page shows it. `current` goes into `aria-current`: "page", "true" (a page below it) or nothing."""

    title: str
    icon: str
    address: str
    current: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The menu of one page: its sections, and the places of the section that the page is in, where there are several."""

    sections: list[Link]
    section: str
    places: list[Link]


def menu_for(path: str, signed_in: SignedIn, sections: tuple[Section, ...] = MENU) -> Menu:
    """The menu as the page of this path shows it."""
    shown = [section for each in sections if (section := _for(each, signed_in)).places]
    here = max(_places(shown), key=lambda place: _shared_length(path, place), default=None)
    here = here if here and _shared_length(path, here) else None
    inside = next((section for section in shown if here and here in section.places), None)
    links = [_link(section.places[0], section, path, signed_in, current=section is inside) for section in shown]
    places = inside.places if inside and len(inside.places) > 1 else ()
    return Menu(
        sections=links,
        section=str(inside.title) if inside else "",
        places=[_link(place, None, path, signed_in, current=place is here) for place in places],
    )


def _for(section: Section, signed_in: SignedIn) -> Section:
    """With the places that this administrator may read."""
    return replace(section, places=tuple(place for place in section.places if may(signed_in.administrator, place.needs)))


def _places(sections: list[Section]) -> Iterator[Place]:
    for section in sections:
        yield from section.places


def _shared_length(path: str, place: Place) -> int:
    """How much of the path is the address of this place; 0 where the page is not below it."""
    address = reverse(place.url)
    return len(address) if path.startswith(address) else 0


def _link(place: Place, section: Section | None, path: str, signed_in: SignedIn, *, current: bool) -> Link:
    return Link(
        title=str(section.title if section else place.title),
        icon=section.icon if section else "",
        address=place.address(signed_in),
        current="" if not current else "page" if path == reverse(place.url) else "true",
    )
