"""How an uploaded file is read, as the administrator changes it; what was shown before such a change is not taken."""

from __future__ import annotations

import re

import pytest

from doorsync.hub.users.models import ImportFile, User
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor
from tests.hub.web.people.test_import_views import shown, take

AMBIGUOUS = "id;last_name,first_name\n7;Vries,Anna\n"


def test_the_separator_is_shown_and_can_be_changed(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, "id|last_name\n7|Vries\n")
    assert "read as UTF-8 · separator: vertical bar" in page.content.decode()
    visitor.post(address + "reading/", {**visitor.fields(page), "encoding": "", "separator": "comma"})
    page = visitor.get(address)
    assert page.status_code == 422
    assert "separator: comma" in page.content.decode()
    assert "name its separator" in page.content.decode()
    visitor.post(address + "reading/", {**visitor.fields(page), "encoding": "", "separator": ""})
    page = visitor.get(address)
    assert "separator: vertical bar" in page.content.decode()
    assert take(visitor, address, page).status_code == 303
    assert User.objects.get().last_name == "Vries"


def test_the_encoding_can_be_changed_without_another_upload(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, "id;last_name\n1;M\u00fcller\n".encode("cp1252"))
    assert page.status_code == 422
    visitor.post(address + "reading/", {**visitor.fields(page), "encoding": "cp1252", "separator": ""})
    text = visitor.get(address).content.decode()
    assert re.search(r"read as cp1252 · separator: semicolon", text)
    assert "M\u00fcller" in text


def test_columns_are_mapped_anew_for_another_separator(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, AMBIGUOUS)
    visitor.post(address + "columns/", {**visitor.fields(page), "column-1": "id", "column-2": "last_name"})
    assert ImportFile.objects.get().options["columns"] is not None
    visitor.post(address + "reading/", {**visitor.fields(page), "separator": "comma"})
    assert ImportFile.objects.get().options["columns"] is None


def test_what_is_on_no_list_changes_nothing(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, AMBIGUOUS)
    before = ImportFile.objects.get().options
    assert visitor.post(address + "reading/", {**visitor.fields(page), "separator": "^"}).status_code == 303
    assert ImportFile.objects.get().options == before
    assert "Choose an encoding and a separator" in visitor.get(address).content.decode()


@pytest.mark.requirement("D-02", mutation="the revision of the preview not compared with that of the file")
def test_a_preview_of_another_reading_is_not_taken(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, "id;first_name;last_name\n7;Vries;Anna\n")
    swapped = {"column-1": "id", "column-2": "last_name", "column-3": "first_name"}
    visitor.post(address + "columns/", {**visitor.fields(page), **swapped})
    visitor.get(address)
    answer = take(visitor, address, page)
    assert (answer.status_code, answer["Location"]) == (303, address)
    assert not User.objects.exists()
    assert "read in another way now" in visitor.get(address).content.decode()


def test_columns_with_the_same_name_are_told_apart_and_one_is_chosen(visitor: Visitor, club: Gym) -> None:
    club.add("Vries", external_id="7", phone="1")
    address, page = shown(visitor, "id;Phone;email;Phone\n7;011;a@example.org;022\n")
    text = page.content.decode()
    assert page.status_code == 422
    assert "Two columns stand for &#x27;phone&#x27;: Phone (column 2), and Phone (column 4)." in text
    assert re.findall(r'<label for="column-\d">([^<]+)</label>', text) == ["id", "Phone (column 2)", "email", "Phone (column 4)"]
    chosen = {"column-1": "id", "column-2": "-", "column-3": "email", "column-4": "phone"}
    visitor.post(address + "columns/", {**visitor.fields(page), **chosen})
    page = visitor.get(address)
    assert "phone (column 4): <s>1</s> \u2192 022" in page.content.decode()
    assert take(visitor, address, page).status_code == 303
    assert User.objects.get().phone == "022"


def test_a_fault_in_one_of_two_columns_with_the_same_name_is_told_by_its_place(visitor: Visitor, club: Gym) -> None:
    club.add("Vries", external_id="7")
    address, page = shown(visitor, "id;Phone;Phone\n7;011;secret\n")
    visitor.post(address + "columns/", {**visitor.fields(page), "column-1": "id", "column-2": "-", "column-3": "phone"})
    text = visitor.get(address).content.decode()
    assert "phone (column 3): " in text
    assert "secret" not in text
    assert "phone (column 3)" in visitor.get(address + "faults.csv").content.decode()


def test_an_upload_of_an_older_version_with_its_mapping_by_name_is_mapped_anew(visitor: Visitor, club: Gym) -> None:
    address, _page = shown(visitor, "nr;achternaam\n7;Vries\n")
    file = ImportFile.objects.get()
    file.options = {"encoding": "", "cards": "", "complete": False, "columns": {"nr": "-"}}
    file.save()
    page = visitor.get(address)
    assert page.status_code == 200
    assert take(visitor, address, page).status_code == 303
