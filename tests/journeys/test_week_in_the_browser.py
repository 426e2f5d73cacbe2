"""A front desk's week from an empty database on, in the browser alone: only the agent is started on its own machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from doorsync.drivers.virtual import door
from tests.factories.stack import Stack, until
from tests.journeys.hands import Finger, Hands, Keyboard, Mouse

pytestmark = pytest.mark.browser
DOORS = {"Gate": "Harbour", "Office": "Harbour"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PASSWORD = "a good password"


class EmptyStack(Stack):
    """A hub on an empty database, and terminals that nobody has told it of."""

    @property
    def setup_code(self) -> str:
        """What the hub showed where it was started."""
        found = re.search(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}", self.log("hub"))
        assert found, self.log("hub")
        return found.group()


@contextmanager
def opened(folder: Path) -> Iterator[EmptyStack]:
    made = EmptyStack(folder, cloud=True, terminals=DOORS)
    try:
        made.start_terminals()
        made.start_hub()
        yield made
    finally:
        made.end_all()


def set_up(hands: Hands, made: EmptyStack) -> None:
    hands.page.goto(made.url)
    hands.arrives("Set up Doorsync")
    said = {"Set-up code": made.setup_code, "Company": "Harbour Gym", "First location": "Harbour"}
    said |= {"Your name for signing in": "anna", "Password": PASSWORD, "Password again": PASSWORD}
    for name, text in said.items():
        hands.fill(name, text)
    hands.press("Set up")
    hands.arrives("Harbour Gym is set up")
    hands.press("Go on: agents, doors and people")
    hands.arrives("Overview")


def add_an_agent(hands: Hands, made: EmptyStack) -> None:
    """Naming it is done in the browser; its program is started on a machine in the network of the doors."""
    hands.press("An agent on your network")
    hands.arrives("Agents")
    hands.press("Add an agent")
    hands.fill("Name", "Reception")
    hands.press("Save")
    hands.press("Make a code for Reception")
    hands.reads("The code for Reception")
    code = hands.page.locator("#code").inner_text()
    made.run(["agent", "enrol", made.hub_address], f"{code}\n", made.agent_environment)
    made.start_agent()
    until(lambda: made.query("SELECT 1 FROM terminals_agent WHERE waited_at IS NOT NULL"), "the agent waiting")


def add_the_doors(hands: Hands, made: EmptyStack) -> None:
    hands.open_section("Doors")
    for name in DOORS:
        hands.press("Add a door")
        hands.press("Virtual terminal")
        hands.fill("Name", name)
        hands.fill("Address", f"127.0.0.1:{made.terminal_port(name)}")
        hands.press("Save")
        hands.arrives("Doors")


def give_rights(hands: Hands) -> None:
    hands.open_section("Access")
    hands.press("Groups")
    for name in ("Members", "Staff"):
        hands.press("Add a group")
        hands.fill("Name", name)
        hands.press("Save")
    hands.press("Zones")
    for name, doors in (("Public", ["Gate"]), ("Private", ["Office"])):
        hands.press("Add a zone")
        hands.fill("Name", name)
        for each in doors:
            hands.tick(each)
        hands.press("Save")
    hands.press("Time schedules")
    hands.press("Add a time schedule")
    hands.fill("Name", "Always")
    hands.fill("The same hours for several days", "00:00-24:00")
    for day in DAYS:
        hands.tick(day)
    hands.press("Save")
    for group, zone in (("Members", "Public"), ("Staff", "Public"), ("Staff", "Private")):
        hands.press("Rights")
        hands.press(f"never: {group}, {zone}")
        hands.tick("Always")
        hands.press("Save")


def add_people(hands: Hands) -> None:
    hands.open_section("People")
    for first, last, group, card in (("Anna", "Vries", "Members", "4711000"), ("Bob", "Jansen", "Staff", "4711001")):
        hands.press("Add a person")
        hands.fill("First name", first)
        hands.fill("Last name", last)
        hands.tick(group)
        hands.fill("Card", card)
        hands.press("Add")
        hands.arrives(f"{first} {last}")
        hands.press("People")


def sync(hands: Hands, *, confirmed: str = "") -> None:
    hands.open_section("Sync")
    hands.arrives("Sync")
    if confirmed:
        hands.fill(f"{confirmed} removal in all. Type {confirmed} to confirm.", confirmed)
    hands.press("Sync")
    hands.reads("are up to date")


def lose_a_card(hands: Hands, made: EmptyStack) -> None:
    """The lost one is out of the door by itself; the one in its place waits for Sync."""
    open_person(hands, "Anna Vries")
    hands.press("Credentials")
    hands.press("Lost card ••••00")
    hands.reads("is reported lost")
    until(lambda: not door.show(made.memory_folder("Gate"), card="4711000").opened, "the lost card opening nothing")
    hands.fill("New card", "5550123")
    hands.press("Save card")
    hands.press("Sync this person")
    hands.press("Synchronize user")
    hands.reads("up to date")
    assert door.show(made.memory_folder("Gate"), card="5550123").opened


def expect_a_visitor(hands: Hands) -> None:
    hands.open_section("People")
    hands.press("Visitors")
    hands.press("Expect a visitor")
    hands.fill("Last name", "Vis")
    hands.fill("until (time)", "23:59")
    hands.tick("Members")
    hands.fill("Card", "4711003")
    hands.press("Expect")
    hands.press("Arrived Vis")
    hands.press("Left Vis")
    hands.reads("Vis has left.")


def import_a_file(hands: Hands, folder: Path) -> None:
    file = folder / "people.csv"
    file.write_text("id;first_name;last_name;groups;cards\nM-7;Chris;Koning;Members;4711007\nM-8;Dana;Meyer;Members;4711008\n")
    hands.open_section("People")
    hands.press("People")
    hands.press("Import")
    hands.upload("CSV file", file)
    hands.press("Show what it would do")
    hands.arrives("What the file would do")
    hands.reads("Chris Koning, Dana Meyer")
    hands.press("Take it")
    hands.reads("Chris Koning")


def suspend_and_undo(hands: Hands) -> None:
    hands.open_section("People")
    hands.tick("Choose Chris Koning")
    hands.press("Show what it would do")
    hands.arrives("Suspend: 1 person")
    hands.press("Do it")
    hands.press("Undo")
    hands.reads("1 person is as before.")


def delete_somebody(hands: Hands) -> None:
    """The only one in the office: that this door is emptied waits for the typed number."""
    open_person(hands, "Bob Jansen")
    hands.press("Delete…")
    hands.fill("Type Jansen to confirm.", "Jansen")
    hands.press("Delete")
    hands.reads("Bob Jansen was deleted.")
    hands.reads("on the sync page: Office (1).")
    sync(hands, confirmed="1")


def read_the_receipt(hands: Hands) -> None:
    """When each door was read back without them."""
    hands.open_section("Activity")
    hands.press("Revocations")
    hands.press("Bob Jansen")
    hands.arrives("Revocation receipt of Bob Jansen")
    hands.reads("signed by the agent")


def ask_who_opens(hands: Hands) -> None:
    hands.open_section("Access")
    hands.press("Who can open")
    hands.choose("Door", "Gate (Harbour)")
    hands.press("Who can open it?")
    hands.reads("Anna Vries")


def add_a_colleague(hands: Hands) -> None:
    hands.open_section("Settings")
    hands.press("Administrators")
    hands.press("Add an administrator")
    hands.fill("Sign-in name", "bea")
    hands.fill("New password", "another password")
    hands.fill("New password, once more", "another password")
    hands.press("Save")
    hands.arrives("Administrators")


def check_the_history(hands: Hands) -> None:
    hands.open_section("Activity")
    hands.press("Audit")
    hands.press("Check the whole trail")
    hands.reads("entries are whole")


def open_person(hands: Hands, name: str) -> None:
    hands.open_section("People")
    hands.fill("Search", name.rsplit(maxsplit=1)[-1])
    hands.press("Search")
    hands.press(name)
    hands.arrives(name)


@pytest.mark.parametrize("kind", [Mouse, Keyboard, Finger])
@pytest.mark.requirement("W-01", mutation="hours for several days left out where no day is ticked")
def test_a_week_is_done_in_the_browser(kind: type[Hands], tmp_path: Path, open_page: Callable[..., Page]) -> None:
    with opened(tmp_path) as made:
        hands = kind(open_page(**kind.screen, allowed=("409",)))  # of the courier that came second
        set_up(hands, made)
        add_an_agent(hands, made)
        add_the_doors(hands, made)
        give_rights(hands)
        add_people(hands)
        sync(hands)
        lose_a_card(hands, made)
        expect_a_visitor(hands)
        import_a_file(hands, tmp_path)
        suspend_and_undo(hands)
        delete_somebody(hands)
        read_the_receipt(hands)
        ask_who_opens(hands)
        add_a_colleague(hands)
        check_the_history(hands)
        sync(hands)
        assert set(made.people("Gate").values()) == {"Anna Vries", "Chris Koning", "Dana Meyer"}
        assert made.people("Office") == {}
