"""Advice fits the place: columns are told of in files only, an option on the command line only, a choice on the page only."""

from __future__ import annotations

from pathlib import Path

import pytest
from django_scopes import scope

from doorsync.hub.imports.parsing import CsvOptions, read_company_file, read_people_file
from doorsync.hub.imports.validation import check_file, check_people
from doorsync.hub.users.credential_kinds import credential_faults
from doorsync.hub.users.files.csv_advice import csv_advice
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.files.text_file import Upload, read_text
from doorsync.hub.users.validity_dates import BadMoment, end_of
from tests.factories import world
from tests.hub.imports.conftest import GYM

OTHER_PLACES = ("--", "column", "How cards are written", "upload")
WRONG = ("116,52721", "25c2451b", "4.5E+07", "12 3")


@pytest.mark.parametrize(
    ("column", "value", "command", "page"),
    [
        ("cards", "116,52721", "say --card-format facility.", "“How cards are written”."),
        ("cards", "25c2451b", "say --card-format hex (or hex-reversed).", "“How cards are written”."),
        ("cards", "4.5E+07", "Format the column as text.", "Format the column as text."),
        ("cards", "12 3", "", ""),
        ("cards", "123", "", ""),
        ("pin", "1E+05", "Format the column as text.", "Format the column as text."),
        ("pin", "12345", "", ""),
        ("expires", "46387", "Format the column as text or as a date.", "Format the column as text or as a date."),
        ("expires", "31-12-2026", "", ""),
        ("last_name", "46387", "", ""),
    ],
)
def test_advice_of_each_column(column: str, value: str, command: str, page: str) -> None:
    for uploaded, wanted in ((False, command), (True, page)):
        said = csv_advice(column, [value], uploaded=uploaded)
        assert said.endswith(wanted)
        assert bool(said) == bool(wanted)
        assert value not in said


def test_a_form_is_told_nothing_of_files() -> None:
    told = [text for card in WRONG for _, text in credential_faults({"card": frozenset([card])})]
    told += [text for _, text in credential_faults({"pin": frozenset(["1E+05"])})]
    with pytest.raises(BadMoment) as refused:
        end_of("46387")
    told.append(str(refused.value))
    assert len(told) == len(WRONG) + 2
    assert not [text for text in told for other in OTHER_PLACES if other in text]


@pytest.mark.django_db
@pytest.mark.parametrize("card", WRONG)
def test_a_company_file_is_told_nothing_of_columns(tmp_path: Path, card: str) -> None:
    path = tmp_path / "gym.yaml"
    path.write_text(GYM.replace("cards: [200, 300]", f'cards: ["{card}"]'), encoding="utf-8")
    with scope(company=world.company()):
        told = [str(fault) for fault in check_file(read_company_file(path), None) if fault.line == 25]
    assert len(told) == 1
    assert not [other for other in OTHER_PLACES if other in told[0]]


@pytest.mark.django_db
def test_an_uploaded_file_is_told_of_the_choice_on_the_page() -> None:
    file = Upload("people.csv", b"id;last_name;cards\n1;A;116,52721\n")
    with scope(company=world.company()):
        people = read_people_file(file, CsvOptions(), []).people
        (told,) = check_people(people, (), None, complete=False)
    assert "facility code x 65536 + number. If the whole column is like this, upload the file again" in str(told)


@pytest.mark.parametrize(
    ("data", "encoding", "said"),
    [
        ("Zoë".encode("latin-1"), "", "or choose its encoding."),
        ("Zoë".encode("utf-16-le"), "", "or choose its encoding."),
        ("Zoë".encode("utf-8-sig"), "cp1252", "choose “UTF-8, or as the file says”."),
    ],
)
def test_an_uploaded_file_is_told_of_no_option_for_its_encoding(data: bytes, encoding: str, said: str) -> None:
    with pytest.raises(FileFaults) as refused:
        read_text(Upload("people.csv", data), encoding)
    assert said in str(refused.value)
    assert "--" not in str(refused.value)
