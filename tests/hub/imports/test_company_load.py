"""Loading a company file: idempotent, only what differs, all or nothing."""

from __future__ import annotations

import pytest
from django_scopes import scope, scopes_disabled

from doorsync.hub.access.models import AccessRight, TimeSchedule
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.models import Entry
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.plan.selections import saved_selection
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.queries import credentials_of
from tests.factories import world
from tests.hub.imports.conftest import GYM, Given, Load

pytestmark = pytest.mark.django_db


def test_load_makes_the_whole_company(load: Load) -> None:
    company = load().company

    assert company_by_code(world.SAMPLE_CODE) == company
    assert (company.guard_people, company.frame_origins) == (15, ["https://desk.example.com"])
    with scope(company=company):
        alice = User.objects.get(external_id="a")
        assert credentials_of(alice) == {"card": {"100"}, "pin": {"0123"}}
        assert alice.expires == "2027-01-01T00:00"
        assert Terminal.objects.get(name="Beach").location.time_zone == "America/Curacao"
        assert len(TimeSchedule.objects.get().slots) == 6
        choice = saved_selection(Administrator.objects.select_related("company").get())
        assert choice.locations == {Location.objects.get(name="Harbour").pk}
        assert Holding.objects.filter(user_id__isnull=False).count() == 4


def test_second_load_changes_nothing(load: Load) -> None:
    load()
    heard: list[object] = []
    access_changed.connect(lambda **_: heard.append(1), weak=False, dispatch_uid="second")
    with scopes_disabled():
        entries = Entry.objects.count()
    try:
        again = load()
    finally:
        access_changed.disconnect(dispatch_uid="second")

    assert again.summary.lines() == ["Nothing had to be changed."]
    assert heard == []
    with scopes_disabled():
        assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Harbour Gym", "Gym at the Harbour", "Changed 1 company."),
        ("people: 15", "people: 16", "Changed 1 company."),
        ("^4p;tU", "^4p;tV", "Changed 1 company."),
        ("America/Curacao", "Europe/Paris", "Changed 1 location."),
        ("127.0.0.1:2", "127.0.0.1:3", "Changed 1 terminal."),
        ("terminals: [Front, Beach]", "terminals: [Front]", "Changed 1 zone."),
        ("sat 08:00", "sat 09:00", "Changed 1 time schedule."),
        ("locations: [Harbour], groups", "locations: [Island], groups", "Changed 1 saved filter."),
        ("{username: username,", "{username: username, sees_credentials: yes,", "Changed 1 administrator."),
        ("pin: 0123", "pin: 00123", "Changed 1 user."),
        ("cards: [200, 300]", "cards: [300]", "Changed 1 user."),
        ("groups: [Members, Staff], cards", "groups: Staff, cards", "Changed 1 user."),
        ("rights:\n", "rights:\n  - {group: Staff, zone: Everywhere, schedule: Day}\n", "Added 1 access right."),
    ],
)
def test_changed_file_changes_just_that(load: Load, old: str, new: str, said: str) -> None:
    load()
    assert old in GYM

    assert load(GYM.replace(old, new)).summary.lines() == [said]
    assert load(GYM.replace(old, new)).summary.lines() == ["Nothing had to be changed."]


def test_absent_users_and_rights_stay_unless_the_file_is_complete(load: Load) -> None:
    load()
    fewer = GYM.replace("  - {id: b,", "  # {id: b,").replace("  - {group: Members, zone: Everywhere, schedule: Day}", "  []")

    assert load(fewer).summary.lines() == ["Nothing had to be changed."]
    assert load(fewer + "complete: true\n").summary.lines() == ["Removed 1 access right, 1 user."]
    with scopes_disabled():
        assert [user.external_id for user in User.objects.all()] == ["a"]
        assert not AccessRight.objects.exists()
        assert Holding.objects.filter(user_id__isnull=False, wanted__isnull=False).count() == 0
        assert Holding.objects.filter(user_id__isnull=False).count() == 4  # what terminals hold outlives the row


def test_secrets_are_asked_for_only_when_new(load: Load) -> None:
    without_code = "\n".join(line for line in GYM.splitlines() if "code:" not in line)
    first, second = Given(), Given()

    load(without_code, secrets=first)
    load(without_code, secrets=second)

    assert first.asked == ["Harbour Gym", "username"]
    assert second.asked == []


def test_users_come_from_a_csv_beside_the_file(load: Load) -> None:
    people = "id;first_name;last_name;groups\r\nc;J\xf6rg;M\xfcller;Members|Staff\r\n"

    loaded = load(GYM + "users_file: people.csv\n", people)

    with scope(company=loaded.company):
        assert User.objects.get(external_id="c").full_name == "Jörg Müller"
        assert User.objects.count() == 3


def test_other_company_is_not_touched(load: Load) -> None:
    other = world.other_company()
    world.user(other, "Eve", external_id="a", card="100")

    load(GYM + "complete: true\n")

    with scope(company=other):
        assert User.objects.get().last_name == "Eve"


def test_code_of_the_other_company_is_a_fault(load: Load) -> None:
    world.company(slug="first")

    with pytest.raises(FileFaults, match=r"gym.yaml:4: Another company has this code"):
        load()
    assert Company.objects.count() == 1


def test_failure_at_the_end_leaves_nothing_behind(load: Load) -> None:
    class Weak(Given):
        def password(self, username: str) -> str:
            return "short"

    with pytest.raises(Exception, match="8 to 1000"):
        load(secrets=Weak())
    assert not Company.objects.exists()


@pytest.mark.requirement("D-04", mutation="groups with a semicolon, which programs read as two")
def test_new_group_with_a_semicolon_is_refused_and_one_that_is_there_stays(load: Load) -> None:
    changed = GYM.replace("groups: [Members, Staff]", "groups: [Members, Staff, Gym; pool]", 1)
    with pytest.raises(FileFaults, match=r"gym.yaml:\d+: .*no semicolon"):
        load(changed)
    company = load().company
    with scope(company=company):
        Group.objects.create(company=company, name="Gym; pool")
    assert load(changed).summary.lines() == ["Nothing had to be changed."]
