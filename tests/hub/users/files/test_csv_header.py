"""The header of a CSV file: columns with the same name are told apart by their place, and no name that may be data is shown."""

from __future__ import annotations

import pytest

from doorsync.hub.users.files.csv_header import IGNORED, Header, check_header, read_header
from doorsync.hub.users.files.csv_table import TableRow
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.files.separators import Separator
from doorsync.hub.users.files.text_file import Text


def header(*cells: str) -> Header:
    return Header.of(TableRow(1, list(cells)))


def refused(header: Header, *mapping: str) -> str:
    with pytest.raises(FileFaults) as caught:
        check_header("p.csv", header, header.meanings(mapping))
    return str(caught.value)


def test_a_header_is_read_without_empty_names_at_its_end() -> None:
    text = Text("p.csv", "\nid; First-Name ;;Phone;;\n1;2;3;4;;\n")
    read = read_header(text)
    assert (read.line, read.written, read.names) == (2, ("id", "First-Name", "", "Phone"), ["id", "first_name", "", "phone"])
    assert read_header(text, Separator.TAB).written == ("id; First-Name ;;Phone;;",)
    assert read_header(Text("p.csv", "")).written == ()


def test_columns_with_the_same_name_are_told_apart_by_their_place() -> None:
    read = header("id", "Phone", "E-mail", "phone", "4711000", "4711000", "")
    assert [read.title(place) for place in range(1, 7)] == [
        "id",
        "Phone (column 2)",
        "E-mail",
        "phone (column 4)",
        "Column 5",
        "Column 6",
    ]


def test_a_column_stands_for_what_is_said_of_its_place() -> None:
    read = header("id", "phone", "phone", "card")
    assert read.meanings() == ["id", "phone", "phone", "cards"]
    assert read.meanings(["", IGNORED]) == ["id", IGNORED, "phone", "cards"]
    assert read.meanings(["", "", "", "", "pin"]) == ["id", "phone", "phone", "cards"]


def test_only_where_names_repeat_does_a_message_need_the_place() -> None:
    read = header("id", "phone", "phone", "phone", "card")
    assert read.labels(read.meanings(["", IGNORED, "phone", "email"])) == {
        "phone": "phone (column 3)",
        "email": "email (column 4)",
    }
    assert header("id", "phone").labels(["id", "phone"]) == {}


@pytest.mark.requirement("D-05", mutation="the names of columns in faults as they stand in the file")
def test_faults_name_columns_by_place_and_repeat_no_data() -> None:
    assert "Two columns stand for 'phone': Phone (column 2), and Phone (column 4). Keep one" in refused(
        header("id", "Phone", "email", "Phone")
    )
    assert "Two columns stand for 'pin': Column 2, and Column 3." in refused(header("id", "4711", "4712"), "", "pin", "pin")
    assert "The column 'Hobby (column 2)' is not known" in refused(header("id", "Hobby", "Hobby"))
    assert "4711" not in refused(header("id", "4711", "4711"))
    assert "read as one column" in refused(header("last_name"))
    assert "read as one column" not in refused(header("last_name", "first_name"))


def test_what_is_left_out_may_repeat_and_be_unknown() -> None:
    read = header("id", "Phone", "Phone", "", "Hobby", "x")
    check_header("p.csv", read, read.meanings(["", "", IGNORED, IGNORED, IGNORED, IGNORED]))
