"""What is wrong with a file: all of it, with its lines, and no secret in it."""

from __future__ import annotations

import pytest
from django_scopes import scopes_disabled

from doorsync.hub.companies.models import Company
from doorsync.hub.imports.parsing import CsvOptions, read_people_file
from doorsync.hub.users.files.csv_header import IGNORED
from doorsync.hub.users.files.file_faults import FileFault, FileFaults
from doorsync.hub.users.files.text_file import Upload
from doorsync.hub.users.models import Group, User
from tests.factories import world
from tests.hub.imports.conftest import GYM, Load

pytestmark = pytest.mark.django_db


def faults(load: Load, text: str, people: str | bytes | None = None) -> list[str]:
    with pytest.raises(FileFaults) as refused:
        load(text, people)
    return [str(fault) for fault in refused.value.faults]


def test_all_faults_are_told_at_once_with_their_lines(load: Load) -> None:
    text = GYM
    for old, new in [
        ("slug: gym", "slug: Gym!"),  # line 2
        ("Europe/Amsterdam", "Europe/Nowhere"),  # line 8
        ("location: Island", "location: Atlantis"),  # line 13
        ("sat 08:00-18:00", "sat 18:00-18:00"),  # line 18
        ("zone: Everywhere, schedule", "zone: Nowhere, schedule"),  # line 20
        ("pin: 0123", "pin: 01-23"),  # line 24
        ("cards: [200, 300]", "cards: [100]"),  # line 25
    ]:
        assert old in text
        text = text.replace(old, new)

    found = faults(load, text + "users_file: people.csv\n", "id,last_name,groups\nc,Clark,Nobody\n")

    assert [each.split(": ")[0] for each in found] == [
        "gym.yaml:2",
        "gym.yaml:8",
        "gym.yaml:13",
        "gym.yaml:18",
        "gym.yaml:20",
        "gym.yaml:24",
        "gym.yaml:25",
        "people.csv:2",
    ]
    assert not Company.objects.exists()
    assert "01-23" not in "".join(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("just words", "has sections"),
        ("company: {slug: x", "Not valid YAML"),
        ("company: {slug: x, name: X}\ncompany: {slug: y, name: Y}", "gym.yaml:2: 'company' stands here twice"),
        ("company: {slug: x, name: X}\nusers: &a [*a]", "write that out"),
        ("locations: []", "'company' is missing"),
        ("company: x", "fields of its own"),
        ("company: {slug: x, name: X, token_seconds: soon}", "whole number"),
        ("company: {slug: x, name: X, token_seconds: 9999}", "less than or equal to 600"),
        ("company: {slug: x, name: X}\nterminal: []", "'terminal' is not known here"),
        ("company: {slug: x, name: X}\nusers_file: nowhere.csv", "cannot be read"),
        ("company: {slug: x, name: X, code: short}", "exactly 32 characters"),
        ("company: {slug: x, name: X, frame_origins: [ftp://x]}", "Write an origin"),
        ("company: {slug: x, name: X}\ngroups: [A, A]", "'A' stands twice"),
        ("\x07", "Not valid YAML"),
    ],
)
def test_unusable_file_says_why(load: Load, text: str, said: str) -> None:
    assert len(faults(load, text)) == 1
    with pytest.raises(FileFaults, match=said):
        load(text)


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("id;surname\n1;X\n", "'surname' is not known"),
        ("id\n1\n", "last name is missing"),
        ("last_name\nX\n", "'id' is missing"),
        ("id,last_name,id\n1,X,2\n", "Two columns stand for 'id'"),
        ("id,last_name\n1,X,too,many\n", "people.csv:2: This row has 4 cells"),
        ('id,last_name\n1,"X\n', "people.csv:2: A quotation mark"),
        ("id,last_name\n,X\n", "people.csv:2: 'id' must not be empty"),
        ('id,last_name\n1,"X\nY"\n2,\n', "people.csv:4: last_name: The last name must not be empty"),
        ("id,last_name\n1,X\n1,Y\n", "people.csv:3: id: The same person stands at people.csv:2 already. Keep one row"),
        ("id,last_name,card\n1,X,1.23E+09\n", "people.csv:2: cards: A spreadsheet has shortened"),
        ("id,last_name,expires\n1,X,31-12-2026\n", "people.csv:2: expires: The year comes first"),
        ("", "'id' is missing"),
    ],
)
def test_csv_faults_name_their_line(load: Load, people: str, said: str) -> None:
    assert [each for each in faults(load, GYM + "users_file: people.csv\n", people) if said in each]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfid,last_name\r\nc,\xc3\x96zil",
        "id\tlast_name\nc\tÖzil\n".encode("utf-16"),
        b"ID;Last name\rc;\xc3\x96zil\r",
        "\n ;;\r\nid;last_name\nc;Özil".encode(),
    ],
)
def test_csv_as_spreadsheets_write_it(load: Load, data: bytes) -> None:
    load(GYM + "users_file: people.csv\n", data)

    with scopes_disabled():
        assert User.objects.get(external_id="c").last_name == "Özil"


def test_card_of_somebody_outside_the_file_is_a_fault(load: Load) -> None:
    company = load().company
    world.user(company, "Zed", number=77, card="999")

    found = faults(load, GYM.replace("cards: [200, 300]", "cards: [999]"))

    assert found == ["gym.yaml:25: cards: The card belongs to Zed (number 77), who keeps it."]


@pytest.mark.requirement("D-04", mutation="the names of a file are compared as they are written")
@pytest.mark.parametrize("name", ["Cafe\u0301", "Caf\u00e9 ", "Caf\u00e9\u200b"])
def test_names_that_refer_to_each_other_are_compared_in_one_form(load: Load, name: str) -> None:
    text = GYM.replace("Members", f'"{name}"').replace("groups: [Members", f'groups: ["{name}"')

    load(text)

    with scopes_disabled():
        assert set(Group.objects.values_list("name", flat=True)) == {"Caf\u00e9", "Staff"}


def test_fault_of_the_company_hides_nothing_that_it_has(load: Load) -> None:
    load(GYM)
    rest = "rights: [{group: Members, zone: Everywhere, schedule: Day}]\nusers: [{id: a, pin: 1}]\n"

    found = faults(load, "company: {slug: gym, name: Harbour Gym, token_seconds: 5}\n" + rest)

    assert len(found) == 1
    assert "token_seconds" in found[0]


def test_a_column_whose_name_repeats_is_named_with_its_place_in_faults() -> None:
    faults: list[FileFault] = []
    mapping = ["", "", IGNORED, "pin", "cards", "active"]
    upload = Upload("people.csv", b"id,last_name,Code,Code,card,card\n1,X,,12,=1+1,yes\n2,Y,,34,5,maybe\n,Z,,56,7,no\n")
    read = read_people_file(upload, CsvOptions(columns=mapping), faults)
    told = [str(each) for each in sorted(faults)]
    assert told[0] == "people.csv:2: cards (column 5): The cell holds a formula. Write its value."
    assert told[1:] == ["people.csv:3: active (column 6): Write yes or no.", "people.csv:4: 'id' must not be empty."]
    assert not read.people
