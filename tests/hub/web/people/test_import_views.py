"""Importing people: tried first, shown per door, taken with a number where somebody loses access, and nothing of it repeated."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.users.models import ImportFile, User
from doorsync.hub.users.queries import credentials_of
from doorsync.hub.web.people import import_views
from tests.factories import world
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor

GOOD = "id;first_name;last_name;groups;cards\n1;Anna;Vries;Members;4711000\n2;Bob;Jansen;;\n"


def upload(visitor: Visitor, content: str | bytes, **fields: str) -> HttpResponse:
    data = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile("people.csv", data, "text/csv")
    return visitor.post("/people/import/", {**visitor.fields(visitor.get("/people/import/")), "file": file, **fields})


def shown(visitor: Visitor, content: str | bytes, **fields: str) -> tuple[str, HttpResponse]:
    """The address of the preview, and the preview."""
    address = upload(visitor, content, **fields)["Location"]
    return address, visitor.get(address)


def take(visitor: Visitor, address: str, page: HttpResponse, **fields: str) -> HttpResponse:
    return visitor.post(address, {**visitor.fields(page), **fields})


@pytest.mark.requirement("D-02", mutation="the preview written instead of rolled back")
def test_a_file_is_shown_per_door_before_it_is_taken(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, GOOD)
    text = page.content.decode()
    assert re.search(r"<dt>new</dt><dd>2</dd>", text)
    assert "Anna Vries" in text
    assert re.search(r"Gate</th>\s*<td[^>]*><b class=\"number\">1</b>", text)
    assert "4711000" not in text
    assert not User.objects.exists()
    answer = take(visitor, address, page)
    assert (answer.status_code, answer["Location"]) == (303, "/people/")
    assert User.objects.count() == 2
    assert credentials_of(User.objects.get(external_id="1")) == {"card": frozenset({"4711000"})}
    assert "Added 2 users." in visitor.get("/people/").content.decode()
    assert not ImportFile.objects.exists()
    assert visitor.get(address).status_code == 404


@pytest.mark.requirement("D-03", mutation="taken whatever number was typed")
def test_who_loses_access_must_be_confirmed_by_the_number(visitor: Visitor, club: Gym) -> None:
    club.add("Vries", club.members, external_id="1", card="1")
    address, page = shown(visitor, "id;active\n1;no\n")
    assert "2 times somebody loses a door. Type 2 to confirm." in page.content.decode()
    for typed in ("", "3"):
        assert take(visitor, address, page, word=typed).status_code == 409
        assert User.objects.get().active
    assert take(visitor, address, page, word="2").status_code == 303
    assert not User.objects.get().active


def test_faults_are_told_by_line_and_given_as_a_file(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, "id;last_name;groups;pin\n1;Vries;Nowhere;12x4\n2;Jansen;Members;1\n")
    text = page.content.decode()
    assert page.status_code == 422
    assert "What is wrong" in text
    assert "12x4" not in text
    assert "Take it" not in text
    file = visitor.get(address + "faults.csv").content.decode()
    assert file.count("\n2,") == 2
    assert "12x4" not in file
    assert take(visitor, address, page).status_code == 422
    assert not User.objects.exists()


def test_rows_that_name_the_same_person_are_all_told(visitor: Visitor, club: Gym) -> None:
    text = shown(visitor, "id;last_name\n1;Vries\n2;Jansen\n1;Bakker\n1;Cohen\n")[1].content.decode()
    assert re.findall(r"line (\d)</th><td>id: The same person stands at people\.csv:2 already", text) == ["4", "5"]
    assert "Take it" not in text


def test_rows_that_may_name_the_same_person_are_told_and_can_be_taken(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, "id;last_name;email\n1;Vries;a@example.org\n2;Jansen;\n3;Bakker;A@example.org\n")
    text = page.content.decode()
    assert "Rows that may name the same person" in text
    assert "people.csv:2 and people.csv:4 have the same e-mail address" in text
    assert take(visitor, address, page).status_code == 303
    assert User.objects.count() == 3
    assert "Rows that may name" not in shown(visitor, GOOD)[1].content.decode()


def test_columns_with_other_names_are_guessed_and_can_be_chosen(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, "Lidnummer;Voornaam;Achternaam;Hobby\n7;Anna;Vries;Chess\n")
    assert "Hobby" in page.content.decode() or "hobby" in page.content.decode()
    fields = {"column-1": "id", "column-2": "first_name", "column-3": "last_name", "column-4": "-"}
    visitor.post(address + "columns/", {**visitor.fields(page), **fields})
    page = visitor.get(address)
    assert re.search(r"<dt>new</dt><dd>1</dd>", page.content.decode())
    take(visitor, address, page)
    assert User.objects.get().full_name == "Anna Vries"


@pytest.mark.requirement("D-05", mutation="the names of columns shown as they stand in the file")
def test_a_file_without_a_header_shows_nothing_of_its_cells(visitor: Visitor, club: Gym) -> None:
    _address, page = shown(visitor, "1;4711000;Anna\n2;4711001;Bob\n")
    assert "4711000" not in page.content.decode()


def test_another_encoding_is_named(visitor: Visitor, club: Gym) -> None:
    content = "id;last_name\n1;Müller\n".encode("cp1252")
    assert shown(visitor, content)[1].status_code == 422
    text = shown(visitor, content, encoding="cp1252")[1].content.decode()
    assert "read as cp1252" in text
    assert "Müller" in text


def test_what_cannot_be_a_file_is_told(visitor: Visitor, club: Gym) -> None:
    assert upload(visitor, "").status_code == 422
    assert shown(visitor, b"PK\x03\x04")[1].status_code == 422
    assert upload(visitor, "x" * (2 * 1024 * 1024 + 1)).status_code == 422


def test_an_upload_is_sealed_and_its_owners_alone_for_an_hour(visitor: Visitor, club: Gym) -> None:
    address, _page = shown(visitor, GOOD)
    assert b"Vries" not in bytes(ImportFile.objects.get().sealed)
    world.administrator(club.company, username="other")
    other = Visitor()
    other.sign_in_fully(club.company.slug, "other")
    for path in ("", "faults.csv"):
        assert other.get(address + path).status_code == 404
    ImportFile.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert visitor.get(address).status_code == 404
    upload(visitor, GOOD)
    assert ImportFile.objects.count() == 1


def test_a_file_that_takes_too_long_on_a_page_is_for_the_command_line(
    visitor: Visitor, club: Gym, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_views, "MOST_ROWS", 1)
    address, page = shown(visitor, GOOD)
    assert "doorsync user import" in page.content.decode()
    assert take(visitor, address, page).status_code == 422
    assert not User.objects.exists()


def test_a_dropped_file_changes_nothing(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, GOOD)
    assert visitor.post(address + "drop/", visitor.fields(page)).status_code == 303
    assert not ImportFile.objects.exists()
    assert not User.objects.exists()


@pytest.mark.requirement("W-04", mutation="uploads taken from whoever is limited")
def test_whoever_is_limited_imports_nothing(club: Gym) -> None:
    desk = world.administrator(club.company, username="desk")
    actions.change_role(administrator=desk, role=Role(Level.FRONT_DESK, [club.locations[0]]), actor=club.actor)
    limited = Visitor()
    limited.sign_in_fully(club.company.slug, "desk")
    assert limited.get("/people/import/").status_code == 403
    assert "/people/import/" not in limited.get("/people/").content.decode()


@pytest.mark.requirement("W-03", mutation="what is wrong with the shape of a row is told in English")
def test_what_is_wrong_is_told_in_the_language_of_the_page(visitor: Visitor, club: Gym) -> None:
    wrong = f"id;last_name;active\n;A;ja\n{'y' * 101};B;no\nq;=A1;no\n"
    address, _ = shown(visitor, wrong)
    text = html.unescape(visitor.get(address, **{"accept-language": "de"}).content.decode())
    for said in (
        "„id“ darf nicht leer sein.",
        "Schreiben Sie yes oder no.",
        "höchstens 100 Zeichen",
        "In der Zelle steht eine Formel.",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1253", "Παπαδόπουλος"),
        ("cp1254", "Şeyma"),
        ("cp1255", "משה"),
        ("cp1256", "علي"),
        ("cp1257", "Šķēle"),
        ("cp850", "Müßig"),
        ("mac_roman", "Müßig"),
    ],
)
@pytest.mark.requirement("D-04", mutation="the page lets nobody name the encoding of these languages")
def test_an_encoding_is_named_on_the_page(visitor: Visitor, club: Gym, encoding: str, name: str) -> None:
    text = shown(visitor, f"id;last_name\n1;{name}\n".encode(encoding), encoding=encoding)[1].content.decode()
    assert re.search(r"<dt>new</dt><dd>1</dd>", text)
    assert name in text


def test_names_that_were_encoded_twice_are_shown_before_the_file_is_taken(visitor: Visitor, club: Gym) -> None:
    page = shown(visitor, GOOD.replace("Jansen", "MÃ¼ller"))[1].content.decode()
    assert "“MÃ¼ller” was probably encoded twice, and should be “Müller”" in page
    assert "encoded twice" not in shown(visitor, GOOD)[1].content.decode()
