"""An import is shown before it is taken, and takes access away from nobody unless somebody says so."""

from __future__ import annotations

import json
import os
import pty
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.cli import app
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.models import Credential, User
from tests.factories.gym import Gym, gym
from tests.hub.entry.commands.test_commands import run
from tests.hub.sync.counterpart import Counterpart

pytestmark = pytest.mark.django_db

BEFORE = "id;last_name;groups;cards;pin;expires\n10;Zero;Members;7654321;0042;\n11;Baker;Staff;12345;0123;\n12;Cook;Members;;;\n"
AFTER = (
    "id;last_name;groups;pin;expires\n10;Zero;Staff;9042;2099-06-30\n11;Baker;;0123;\n12;Cook;Members;;\n13;Dean;Members;0123;\n"
)


@pytest.fixture
def club() -> Gym:
    return gym()


@pytest.fixture
def people(club: Gym, tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(BEFORE)
    assert run("user", "import", str(path), "--company", club.company.slug) == (0, "Added 3 users.\n")
    path.write_text(AFTER)
    return path


def rows() -> list[object]:
    with scopes_disabled():
        holdings = Holding.objects.order_by("key", "terminal_id").values_list("key", "terminal_id", "wanted", "label")
        users = User.objects.order_by("pk").values_list("number", "last_name", "expires", "groups")
        credentials = Credential.objects.order_by("pk").values_list("user", "lookup")
        return [*holdings, *users, *credentials]


EQUAL_PINS = "people.csv:3 and people.csv:5 have the same PIN: a door that takes a PIN alone cannot tell them apart."
SHOWN = f"""\
1 new, 2 changed, 1 the same.
New:
  people.csv:5: Dean (13)
Changed:
  people.csv:2: Zero (10): expires empty -> '2099-06-30'; groups 'Members' -> 'Staff'; pin changed
  people.csv:3: Baker (11): groups 'Staff' -> empty
Equal PINs:
  {EQUAL_PINS}
Gate: 1 gains access: Dean.
Gate: 1 loses access: Baker.
Office: 1 gains access: Zero.
Office: 1 loses access: Baker.
Pool: 1 gains access: Dean.
Pool: 1 loses access: Baker.
"""


@pytest.mark.requirement("D-02", mutation="doors are compared before the write instead of after it")
def test_dry_run_shows_who_gains_and_who_loses_and_changes_nothing(club: Gym, people: Path) -> None:
    before = rows()

    assert run("user", "import", str(people), "--company", club.company.slug, "--dry-run") == (0, SHOWN)
    assert rows() == before


@pytest.mark.requirement("D-02", mutation="the transaction of a try is not rolled back")
def test_what_was_shown_is_what_happens(club: Gym, people: Path) -> None:
    code, said = run("user", "import", str(people), "--company", club.company.slug, "--dry-run", "--json")
    shown = json.loads(said)
    doors = {door["terminal"]: (door["gains"], door["loses"]) for door in shown["doors"]}
    before = at_doors(club)

    assert run("user", "import", str(people), "--company", club.company.slug, "--yes")[0] == code == 0

    after = at_doors(club)
    assert doors == {name: (sorted(after[name] - before[name]), sorted(before[name] - after[name])) for name in after}
    assert [each["name"] for each in shown["new"]] == ["Dean"]
    assert shown["changed"][0]["fields"] == {
        "expires": {"old": "", "new": "2099-06-30"},
        "groups": {"old": "Members", "new": "Staff"},
        "pin": "changed",
    }
    assert (shown["same"], shown["removed"], shown["refused"]) == (1, [], [])


def at_doors(club: Gym) -> dict[str, set[str]]:
    return {terminal.name: set(club.should_hold(terminal).values()) for terminal in club.terminals}


@pytest.mark.requirement("D-04", mutation="equal PINs are told by the preview only")
@pytest.mark.requirement("D-02", mutation="only users who are removed count as losing access")
def test_program_must_say_that_access_may_be_lost(club: Gym, people: Path) -> None:
    before = rows()

    code, said = run("user", "import", str(people), "--company", club.company.slug)

    assert code == 1
    assert "Gate: Baker.\nOffice: Baker.\nPool: Baker.\nThese would lose access." in said
    assert rows() == before
    said_yes = run("user", "import", str(people), "--company", club.company.slug, "--yes")
    assert said_yes == (0, f"{EQUAL_PINS}\nAdded 1 user.\nChanged 2 users.\n")


@pytest.mark.requirement("D-02", mutation="only who leaves a terminal counts as losing access")
def test_who_loses_the_last_card_or_pin_loses_every_door(club: Gym, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "id;last_name;groups;cards;pin\n1;Adams;Members;11;\n2;Baker;Members;22;0022\n3;Cook;Members;;33\n4;Dean;Members;;\n"
    )
    assert run("user", "import", str(path), "--company", club.company.slug)[0] == 0

    path.write_text("id;cards\n1;\n2;|\n3;\n4;44\n")  # as a file of renewals that a program fills with empty columns
    code, said = run("user", "import", str(path), "--company", club.company.slug)
    assert (code, said.splitlines()[0]) == (1, "Gate: Adams.")

    code, said = run("user", "import", str(path), "--company", club.company.slug, "--dry-run")
    assert (code, said.splitlines()[5:7]) == (0, ["Gate: 1 gains access: Dean.", "Gate: 1 loses access: Adams."])

    path.write_text("id;cards\n1;12\n")  # another card instead of the old one
    assert run("user", "import", str(path), "--company", club.company.slug) == (0, "Changed 1 user.\n")


def test_complete_file_says_how_many_it_removes(club: Gym, people: Path) -> None:
    people.write_text("id\n10\n")

    code, said = run("user", "import", str(people), "--company", club.company.slug, "--complete", "--dry-run")

    assert (code, said.splitlines()[:4]) == (0, ["1 the same, 2 removed.", "Removed:", "  Baker", "  Cook"])
    assert "Gate: 2 lose access: Baker, Cook." in said


def test_refused_rows_are_told_as_json_too(club: Gym, people: Path) -> None:
    people.write_text("id;last_name;pin\n14;Eve;12x4\n15;Fox\n")

    code, said = run("user", "import", str(people), "--company", club.company.slug, "--dry-run", "--json")

    refused = json.loads(said)["refused"]
    assert code == 1
    assert [(each["file"], each["line"]) for each in refused] == [("people.csv", 2), ("people.csv", 3)]
    assert "12x4" not in said


def test_only_the_first_of_many_names_are_shown(club: Gym, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id;last_name;groups;card\n" + "".join(f"{n};N{n:03};Members;{n + 1}\n" for n in range(250)))

    code, said = run("user", "import", str(path), "--company", club.company.slug, "--dry-run")

    assert code == 0
    assert "  ... and 240 more\n" in said
    assert "Gate: 250 gain access: N000, N001, " in said
    assert " and 240 more.\n" in said
    assert "It is written 100 people at a time." in said


def run_at_keyboard(monkeypatch: pytest.MonkeyPatch, answer: str, *arguments: str) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    with os.fdopen(terminal, "r") as typed:
        monkeypatch.setattr("sys.stdin", typed)
        app(arguments, standalone_mode=False)
    os.close(keyboard)


@pytest.mark.parametrize("command", ["user", "company"])
def test_equal_pins_are_told_once_to_a_person_at_a_keyboard(
    club: Gym, people: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = people.with_name("company.yaml")
    path.write_text(f"company: {{slug: {club.company.slug}, name: {club.company.name}}}\nusers_file: people.csv\n")
    by_company, by_user = ("company", "load", str(path)), ("user", "import", str(people), "--company", club.company.slug)

    run_at_keyboard(monkeypatch, "y", *(by_company if command == "company" else by_user))

    said = capsys.readouterr()
    assert "Added 1 user." in said.out
    assert said.out.count(EQUAL_PINS) == 1, "before the question, so that whoever answers knows"
    assert EQUAL_PINS not in said.err


@pytest.mark.parametrize(("answer", "changed"), [("n", False), ("y", True)])
def test_person_at_a_keyboard_is_shown_and_asked(
    club: Gym,
    people: Path,
    answer: str,
    changed: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = rows()
    run_at_keyboard(monkeypatch, answer, "user", "import", str(people), "--company", club.company.slug)

    said = capsys.readouterr().out
    assert said.startswith(SHOWN)
    assert "Go on?" in said
    assert (rows() != before) == changed


@pytest.mark.requirement("D-03", mutation="the guard's floor of 20 people; or tell_held_back() not called")
def test_header_only_file_at_a_small_site_waits_for_the_number_and_says_so(club: Gym, tmp_path: Path) -> None:
    """The file `10-header-only.csv`: everybody of seven would go."""
    there, everywhere = Counterpart(club.agent), Selection(terminals=frozenset(gate.pk for gate in club.terminals))
    for number in range(7):
        club.add(f"Member {number}", club.members)
    with scope(company=club.company):
        start_run(company=club.company, choice=everywhere, confirmed=None, actor=club.actor)
        there.work()
        Agent.objects.update(waited_at=timezone.now())
        path = tmp_path / "people.csv"
        path.write_text("id;last_name;groups;cards\n")

        code, told = run("user", "import", str(path), "--company", club.company.slug, "--complete", "--yes")
        there.work()

        assert code == 0
        for name in ("Gate", "Pool"):
            assert f"{name}: 7 people would lose access. That waits until the number is typed on the sync page." in told
        assert len(there.device(club.terminals[0]).people()) == 7
        start_run(company=club.company, choice=everywhere, confirmed=14, actor=club.actor)
        there.work()
        assert len(there.device(club.terminals[0]).people()) == 0


@pytest.mark.requirement("D-02", mutation="a dry run notes the highest number beside the keys")
def test_dry_run_uses_up_no_number(club: Gym, people: Path) -> None:
    for _ in range(3):
        assert run("user", "import", str(people), "--company", club.company.slug, "--dry-run")[0] == 0
    with scopes_disabled():
        before = max(User.objects.values_list("number", flat=True))

    run("user", "import", str(people), "--company", club.company.slug, "--yes")

    with scopes_disabled():
        assert User.objects.get(external_id="13").number == before + 1


@pytest.mark.requirement("D-02", mutation="the guard is asked with the terminals' wanted people instead of those they hold")
def test_dry_run_says_what_will_wait_for_a_typed_number(club: Gym, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id;last_name;groups\n" + "".join(f"{n};N{n};Members\n" for n in range(7)))
    run("user", "import", str(path), "--company", club.company.slug)
    path.write_text("id;last_name\n")
    waits = "that is so many that it waits until their number is typed on the sync page."

    words = ("user", "import", str(path), "--company", club.company.slug, "--complete", "--dry-run")
    assert waits not in run(*words)[1]  # nobody is in a terminal yet
    with scopes_disabled():
        Holding.objects.update(held=F("wanted"))

    said = run(*words)[1]
    assert f"Gate: {waits}" in said
    assert f"Pool: {waits}" in said
    assert "0 users" not in said


def test_import_suspends_by_the_active_column_and_says_who_loses_what(club: Gym, people: Path) -> None:
    people.write_text("id;active;insertion;email\n10;no;van der;zero@example.com\n")
    dry = run("user", "import", str(people), "--company", club.company.slug, "--dry-run")[1]
    assert "active 'yes' -> 'no'" in dry
    assert "Gate: 1 loses access: van der Zero." in dry

    assert run("user", "import", str(people), "--company", club.company.slug, "--yes")[0] == 0
    with scopes_disabled():
        kept = User.objects.get(external_id="10")
    assert (kept.active, kept.full_name, kept.email) == (False, "van der Zero", "zero@example.com")


@pytest.mark.parametrize("cell", ["", "maybe", "2"])
def test_import_lets_nobody_in_or_out_by_an_oversight(club: Gym, people: Path, cell: str) -> None:
    people.write_text(f"id;active\n10;{cell}\n")
    code, text = run("user", "import", str(people), "--company", club.company.slug, "--yes")
    assert code
    assert "active: Write yes or no." in text
