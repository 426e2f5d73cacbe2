"""Every address of the hub, tried at every level, with a limit to one location, and from another company.

The table below is the whole of who may do what. An address without a line in it fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.access.holiday_actions import add_holiday, create_calendar
from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.privacy.erasing import erase_person
from doorsync.hub.revocations.actions import Removed, note_revocations
from doorsync.hub.revocations.models import Evidence
from doorsync.hub.sync.models import SyncFilter
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User, UserLocation
from doorsync.hub.visitors.models import Visit
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, session_of, token_for
from tests.hub.events.logs import Site, event

OWNER, MANAGER, DESK, OBSERVER, LIMITED = "owner", "manager", "front-desk", "observer", "limited"
ALL = {OWNER, MANAGER, DESK, OBSERVER, LIMITED}
EDITORS = {OWNER, MANAGER, DESK, LIMITED}  # LIMITED is a manager who is limited to the location North
MANAGERS = {OWNER, MANAGER}
OWNERS = {OWNER}
AUDITORS = {OWNER, MANAGER, OBSERVER}
KEEPERS = {OWNER, MANAGER, LIMITED}


@dataclass(frozen=True)
class May:
    """Who may read an address and who may post to it; None: it does not take that method. `of`: ids that are looked up."""

    reads: set[str] | None = None
    posts: set[str] | None = None
    of: str = ""  # names of ids, with commas
    query: str = ""
    fields: dict[str, str] = field(default_factory=dict)


TABLE = {
    "sync:plan-page": May(reads=ALL),
    "sync:plan": May(reads=ALL),
    "sync:filter": May(posts=EDITORS),
    "sync:people": May(reads=ALL, query="state=new&of={terminal_pk}"),
    "sync:find": May(reads=ALL, posts=ALL),
    "sync:terminal": May(reads=ALL, of="terminal"),
    "sync:decide-device": May(posts=EDITORS, of="terminal"),
    "sync:decide-strangers": May(posts=EDITORS, of="terminal"),
    "sync:press": May(posts=EDITORS),
    "sync:user": May(reads=ALL, query="user={user}&location={location_pk}"),
    "sync:press-user": May(posts=EDITORS, query="location={location_pk}", fields={"user": "{user}", "location": "{location_pk}"}),
    "sync:run": May(reads=ALL, of="run"),
    "sync:detour": May(posts=EDITORS, of="run", fields={"agent": "{agent}"}),
    "sync:retry": May(posts=EDITORS, of="run"),
    "overview": May(reads=ALL),
    "people:list": May(reads=ALL),
    "people:person": May(reads=ALL, posts=EDITORS, of="person"),
    "people:add": May(reads=EDITORS, posts=EDITORS),
    "people:bulk-edit": May(posts=EDITORS),
    "people:export": May(reads=EDITORS),
    "people:import": May(reads=EDITORS - {LIMITED}, posts=EDITORS - {LIMITED}),
    "people:credentials": May(reads=ALL, of="person"),
    "people:changes": May(reads={OWNER, MANAGER, OBSERVER}, of="person"),
    "people:doors": May(reads=ALL, of="person"),
    "people:events": May(reads=ALL, of="person"),
    "people:add-credential": May(posts=EDITORS, of="person,kind"),
    "people:remove-credential": May(posts=EDITORS, of="person,number"),
    "people:lost-credential": May(posts=EDITORS, of="person,number"),
    "people:found-credential": May(posts=EDITORS, of="person,number"),
    "people:suspend": May(posts=EDITORS, of="person"),
    "people:reinstate": May(posts=EDITORS, of="person"),
    "people:export-data": May(reads=MANAGERS, of="person"),
    "people:erase": May(reads=MANAGERS, posts=MANAGERS, of="person"),
    "people:delete": May(reads=EDITORS, posts=EDITORS, of="person"),
    "visitors:list": May(reads=ALL),
    "visitors:add": May(reads=EDITORS, posts=EDITORS),
    "visitors:pass": May(reads=EDITORS, of="visit"),
    "visitors:arrived": May(posts=EDITORS, of="visit"),
    "visitors:not-arrived": May(posts=EDITORS, of="visit"),
    "visitors:left": May(posts=EDITORS, of="visit"),
    "visitors:cancel": May(posts=EDITORS, of="visit"),
    "visitors:reopen": May(posts=EDITORS, of="visit"),
    "terminals:agents": May(reads=MANAGERS),
    "terminals:add-agent": May(reads=MANAGERS, posts=MANAGERS),
    "terminals:delete-agent": May(reads=MANAGERS, posts=MANAGERS, of="agent"),
    "doors:list": May(reads=ALL),
    "doors:door": May(reads=ALL, of="terminal"),
    "doors:open": May(reads=EDITORS, posts=EDITORS, of="terminal"),
    "doors:mode": May(reads=EDITORS, posts=EDITORS, of="terminal,deed"),
    "doors:lock-down": May(reads=EDITORS, posts=EDITORS),
    "doors:openings": May(reads=ALL, of="terminal"),
    "doors:adopt": May(reads=ALL, posts=EDITORS, of="terminal"),
    "doors:add": May(reads=KEEPERS, posts=KEEPERS),
    "doors:change": May(reads=KEEPERS, posts=KEEPERS, of="terminal"),
    "doors:delete": May(reads=KEEPERS, posts=KEEPERS, of="terminal"),
    "terminals:code": May(posts=MANAGERS, of="agent"),
    "access:rights": May(reads=ALL),
    "access:right": May(reads=MANAGERS, posts=MANAGERS, of="group,zone"),
    "access:groups": May(reads=ALL),
    "access:group": May(reads=ALL, of="group"),
    "access:add-group": May(reads=MANAGERS, posts=MANAGERS),
    "access:change-group": May(reads=MANAGERS, posts=MANAGERS, of="group"),
    "access:delete-group": May(reads=MANAGERS, posts=MANAGERS, of="group"),
    "access:zones": May(reads=ALL),
    "access:add-zone": May(reads=MANAGERS, posts=MANAGERS),
    "access:zone": May(reads=MANAGERS, posts=MANAGERS, of="zone"),
    "access:delete-zone": May(reads=MANAGERS, posts=MANAGERS, of="zone"),
    "access:schedules": May(reads=ALL),
    "access:add-schedule": May(reads=MANAGERS, posts=MANAGERS),
    "access:schedule": May(reads=MANAGERS, posts=MANAGERS, of="schedule"),
    "access:delete-schedule": May(reads=MANAGERS, posts=MANAGERS, of="schedule"),
    "access:calendars": May(reads=ALL),
    "access:add-calendar": May(reads=MANAGERS, posts=MANAGERS),
    "access:calendar": May(reads=ALL, posts=MANAGERS, of="calendar"),
    "access:change-calendar": May(reads=MANAGERS, posts=MANAGERS, of="calendar"),
    "access:delete-calendar": May(reads=MANAGERS, posts=MANAGERS, of="calendar"),
    "access:remove-holiday": May(posts=MANAGERS, of="holiday"),
    "locations:list": May(reads=ALL),
    "locations:add": May(reads=MANAGERS, posts=MANAGERS),
    "locations:change": May(reads=MANAGERS, posts=MANAGERS, of="location"),
    "locations:delete": May(reads=MANAGERS, posts=MANAGERS, of="location"),
    "settings:company": May(reads=OWNERS, posts=OWNERS),
    "settings:info-fields": May(reads=OWNERS, posts=OWNERS),
    "settings:access-log": May(reads=OWNERS, posts=OWNERS),
    "settings:code": May(reads=OWNERS, posts=OWNERS),
    "settings:compatible-tokens": May(reads=OWNERS, posts=OWNERS),
    "company-accounts:provider": May(reads=OWNERS, posts=OWNERS),
    "company-accounts:remove": May(reads=OWNERS, posts=OWNERS),
    "company-accounts:expect": May(reads=OWNERS, posts=OWNERS, of="administrator"),
    "company-accounts:unlink": May(reads=OWNERS, posts=OWNERS, of="administrator"),
    "company-accounts:link-own": May(reads=ALL, posts=ALL),
    "administrators:list": May(reads=OWNERS),
    "administrators:add": May(reads=OWNERS, posts=OWNERS),
    "administrators:change": May(reads=OWNERS, posts=OWNERS, of="administrator"),
    "administrators:password": May(reads=OWNERS, posts=OWNERS, of="administrator"),
    "administrators:second-factor": May(reads=OWNERS, posts=OWNERS, of="administrator"),
    "administrators:active": May(posts=OWNERS, of="administrator", fields={"active": "1"}),
    "account:account": May(reads=ALL),
    "account:password": May(reads=ALL, posts=ALL),
    "account:set-up-factor": May(reads=ALL),
    "account:second-factor-on": May(reads=ALL, posts=ALL),
    "account:second-factor-off": May(reads=ALL, posts=ALL),
    "account:recovery-codes": May(reads=ALL, posts=ALL),
    "account:passkey-challenge": May(posts=ALL),
    "account:add-passkey": May(reads=ALL, posts=ALL),
    "account:make-passkey": May(reads=ALL, posts=ALL),
    "account:language": May(posts=ALL, fields={"language": ""}),
    "account:end-session": May(posts=ALL, fields={"all": "1"}),
    "access:openings": May(reads=ALL, query="door={terminal}"),
    "audit:audit": May(reads=AUDITORS),
    "audit:check": May(posts=AUDITORS),
    "activity:log": May(reads=ALL),
    "activity:event": May(reads=ALL, of="event"),
    "activity:export": May(posts=ALL),
    "activity:revocations": May(reads=ALL),
    "activity:revocation": May(reads=ALL, of="revoked"),
    "activity:revocation-receipt": May(reads=ALL, of="revoked"),
    "activity:erasures": May(reads=MANAGERS),
    "activity:erasure": May(reads=MANAGERS, of="erasure"),
    "activity:erase-former": May(reads=MANAGERS, posts=MANAGERS, of="revoked"),
    "activity:erasure-receipt": May(reads=MANAGERS, of="erasure"),
    "styleguide": May(reads=ALL),
}
# Open to nobody in particular, or with a proof of another kind; each has its own tests.
OTHERS = {
    "home",
    "former-address",  # leads on to another address, whoever asks
    "people:bulk",  # of whoever did it: test_bulk_views
    "people:bulk-undo",
    "people:import-preview",  # a file belongs to whoever uploaded it: test_import_views tries these
    "people:import-reading",
    "people:import-columns",
    "people:import-faults",
    "people:import-drop",
    "setup",  # answers only where there is no company
    "sign-in",
    "sign-in-code",
    "sign-in-code-challenge",
    "sign-in-passkey",
    "sign-in-passkey-challenge",
    "account:rename-passkey",  # of whose it is: test_passkey_views
    "account:remove-passkey",
    "company-accounts:sign-in",
    "company-accounts:answer",  # sealed to a browser, a company and its provider: test_forged_answers
    "sign-out",
    "signed-out",
    "follow-link",
    "start-over",
    "start",
    "activity:live",  # waits for what comes: test_live_events tries it
    "sync:events",  # waits for what comes: test_run_events tries it
}
COURIER = "courier"  # agents prove themselves by their keys


@pytest.fixture(scope="module")
def names() -> dict[str, URLPattern]:
    return dict(_named(get_resolver()))


def _named(resolver: URLResolver, prefix: str = "", path: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{prefix}{each.namespace}:" if each.namespace else prefix
            yield from _named(each, inner, path + str(each.pattern))
        elif not (path + str(each.pattern)).startswith(f"{COURIER}/"):
            yield f"{prefix}{each.name}", each


@dataclass
class Place:
    """A company with somebody of every level, each signed in."""

    club: Gym
    ids: dict[str, Any]
    visitors: dict[str, Visitor]
    proofs: dict[str, dict[str, str]]


def _place(club: Gym) -> Place:
    north, gate = club.locations[0], club.terminals[0]
    with scope(company=club.company):
        Agent.objects.filter(pk=club.agent.pk).update(url="http://127.0.0.1:1")
        chosen = Selection(locations=frozenset({north.pk}))
        run = start_run(company=club.company, choice=chosen, confirmed=None, actor=club.actor)
    ids: dict[str, Any] = {
        "terminal": gate.public_id,
        "run": run.public_id,
        "deed": "lock-down",
        "agent": club.agent.public_id,
        "terminal_pk": gate.pk,
    }
    ids |= {"person": world.user(club.company, "Bob").number, "kind": "card", "number": 1}
    with scope(company=club.company):
        ids |= {"user": User.objects.earliest("pk").pk, "location_pk": north.pk}
    ids |= {"group": club.members.pk, "zone": club.zones[0].pk, "schedule": club.always.pk, "location": north.pk}
    ids |= _holiday(club)
    ids["visit"] = _visit(club, world.user(club.company, "Carol"))
    ids["administrator"] = club.administrator.pk
    ids["event"], ids["revoked"] = _event_at(club, gate), _revoked_at(club, gate, 4000 + club.company.pk)
    ids["erasure"] = _erasure_of(club, world.user(club.company, "Dora"))
    visitors = {level: _visitor(club, level) for level in sorted(ALL)}
    proofs = {level: visitor.fields(visitor.get("/sync/")) for level, visitor in visitors.items()}
    return Place(club, ids, visitors, proofs)


def _visit(club: Gym, user: User) -> int:
    times = {"starts": "2026-12-25T09:00", "ends": "2026-12-25T17:00", "over_at": datetime(2026, 12, 25, 17, tzinfo=UTC)}
    with scope(company=club.company):
        return Visit.objects.create(company=club.company, user=user, **times).pk


def _holiday(club: Gym) -> dict[str, Any]:
    with scope(company=club.company):
        calendar = create_calendar(company=club.company, name="Public holidays", actor=club.actor)
        christmas = date(2026, 12, 25)
        holiday = add_holiday(calendar=calendar, first=christmas, last=christmas, actor=club.actor)
        return {"calendar": calendar.pk, "holiday": holiday.pk}


def _event_at(club: Gym, terminal: Terminal, position: int = 1) -> int:
    """The number of an event there."""
    here = Site(club.company, club.agent, terminal)
    here.take(event(position), serial=terminal.serial, terminal=terminal)
    return here.stored()[-1].number


def _revoked_at(club: Gym, terminal: Terminal, number: int) -> int:
    """The number of somebody who is out of this terminal."""
    with scope(company=club.company):
        note_revocations(terminal, [Removed(number=number, name="Gone", since=None)], Evidence.REMOVED, timezone.now())
    return number


def _erasure_of(club: Gym, user: User) -> int:
    return erase_person(user=user, actor=club.actor).pk


def _visitor(club: Gym, level: str) -> Visitor:
    role = Role(Level.MANAGER, [club.locations[0]]) if level == LIMITED else Role(Level(level))
    person = world.administrator(club.company, username=level)
    actions.change_role(administrator=person, role=role, actor=club.actor)
    made = Visitor()
    assert made.sign_in_fully(club.company.slug, level).status_code == 303
    return made


@pytest.fixture
def place(db: None) -> Place:
    return _place(gym(["Alice"]))


def test_every_address_has_a_line(names: dict[str, URLPattern]) -> None:
    assert set(names) - set(TABLE) - OTHERS == set(), "say in TABLE who may open it"
    assert set(TABLE) - set(names) == set()


def _tries(place: Place, level: str, ids: dict[str, Any]) -> Iterator[tuple[str, str, set[str], int]]:
    for name, may in TABLE.items():
        address = reverse(name, args=[ids[each] for each in may.of.split(",") if each])
        if may.query:
            address += "?" + may.query.format(**ids)
        fields = {key: value.format(**ids) for key, value in may.fields.items()}
        visitor = place.visitors[level]
        if may.reads is not None:
            yield name, "GET", may.reads, visitor.get(address).status_code
        if may.posts is not None:
            yield name, "POST", may.posts, visitor.post(address, place.proofs[level] | fields).status_code


@pytest.mark.requirement("W-04", mutation="needs.granted left out of the gate")
@pytest.mark.parametrize("level", sorted(ALL))
def test_address_is_open_to_the_levels_of_its_line_only(place: Place, level: str) -> None:
    for name, method, allowed, status in _tries(place, level, place.ids):
        told = f"{method} {name} as {level}: {status}"
        assert (status == 403) == (level not in allowed), told
        assert status < 500, told
        assert status != 404, told


@pytest.mark.requirement("W-04", mutation="terminals looked up without the limit of the administrator")
def test_what_is_elsewhere_does_not_exist_for_whoever_is_limited(place: Place) -> None:
    pool = place.club.terminals[2]
    with scope(company=place.club.company):
        everywhere = start_run(company=place.club.company, choice=Selection(), confirmed=None, actor=place.club.actor)
        southerner = world.user(place.club.company, "Southerner")
        UserLocation.objects.create(company=place.club.company, user=southerner, location=place.club.locations[1])
    visit = _visit(place.club, southerner)
    elsewhere = {
        "visit": visit,
        "terminal": pool.public_id,
        "terminal_pk": pool.pk,
        "run": everywhere.public_id,
        "person": southerner.number,
    }
    ids = {**place.ids, **elsewhere, "location_pk": pool.location_id, "event": _event_at(place.club, pool)}
    ids["revoked"] = _revoked_at(place.club, pool, 4712)
    for name, method, allowed, status in _tries(place, LIMITED, ids):
        may = TABLE[name]
        if LIMITED in allowed and (may.of in ("terminal", "run", "person", "event", "visit") or may.query):
            assert status == 404, f"{method} {name}: {status}"


@pytest.mark.requirement("T-09", mutation="terminals looked up without the company's scope")
def test_ids_of_another_company_do_not_exist(place: Place) -> None:
    other = _place(gym(["Mallory"], other=True))
    other.ids["event"] = _event_at(other.club, other.club.terminals[0], position=2)  # numbers count within a company
    for name, method, allowed, status in _tries(place, OWNER, other.ids):
        if TABLE[name].of or TABLE[name].query:
            assert status == 404, f"{method} {name}: {status} {allowed}"


def test_a_link_of_somebody_limited_shows_their_locations_only(place: Place) -> None:
    limited = _administrator(place, LIMITED)
    visitor = Visitor()
    session = session_of(visitor.sign_in(token_for(limited)))
    north, south = place.club.locations
    page = visitor.get(f"/sync/?s={session}").content.decode()
    assert "Gate" in page
    assert "Pool" not in page
    assert "South" not in page
    for forged in (f"location={south.pk}", f"terminal={place.club.terminals[2].pk}", f"location={north.pk}&location={south.pk}"):
        assert visitor.get(f"/sync/?s={session}&mode=changes&{forged}").status_code == 404
        proof = visitor.fields(visitor.get(f"/sync/?s={session}"))
        posted = dict(pair.split("=") for pair in forged.split("&"))
        assert visitor.post(f"/sync/runs/?s={session}", {**proof, "mode": "changes", **posted}).status_code == 404


def test_a_filter_saved_before_the_limit_counts_no_more(place: Place) -> None:
    limited, club = _administrator(place, LIMITED), place.club
    with scope(company=club.company):
        saved = SyncFilter.objects.create(company=club.company, administrator=limited, mode="changes")
        saved.terminals.set([club.terminals[2]])
    page = place.visitors[LIMITED].get("/sync/").content.decode()
    assert "Gate" in page
    assert "Pool" not in page


def test_whoever_is_limited_to_a_place_that_is_gone_sees_no_door(place: Place) -> None:
    limited = _administrator(place, LIMITED)
    limited.locations.clear()
    page = place.visitors[LIMITED].get("/sync/").content.decode()
    assert "Gate" not in page
    assert "Pool" not in page


def _administrator(place: Place, name: str) -> Administrator:
    with scope(company=place.club.company):
        return Administrator.objects.select_related("company").get(username=name)
