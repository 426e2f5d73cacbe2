"""CSV as spreadsheets write it: what was written is read back, with the line on which each row begins."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.users.files.csv_table import cell_value, read_table, separator_title
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.files.separators import Separator
from doorsync.hub.users.files.text_file import Text, Upload, read_text


def rows(content: str) -> list[tuple[int, list[str]]]:
    return [(row.line, row.cells) for row in read_table(Text("p.csv", content))]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=6), st.sampled_from(",;\t|"))
def test_what_a_spreadsheet_writes_is_read_back(table: list[list[str]], separator: str) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator)
    writer.writerow(["name", "cards"])
    writer.writerows(table)
    kept = [cells for cells in table if any(cell.strip() for cell in cells)]
    assert [cells for _, cells in rows(written.getvalue())] == [["name", "cards"], *kept]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("a;b\n1;2,3\n", [(1, ["a", "b"]), (2, ["1", "2,3"])]),
        ("sep=;\na,x;b\n", [(2, ["a,x", "b"])]),
        ('"sep=|"\na|b\n', [(2, ["a", "b"])]),
        ('a,b\n\n"1\n2",3\n4,5\n', [(1, ["a", "b"]), (3, ["1\n2", "3"]), (5, ["4", "5"])]),
        ("\n\na,b\r\n,\r\nc,d", [(3, ["a", "b"]), (5, ["c", "d"])]),
        ("a,b\nx\x85y,z\n", [(1, ["a", "b"]), (2, ["x\x85y", "z"])]),
        ("", []),
    ],
)
def test_rows_have_the_line_on_which_they_begin(content: str, found: list[tuple[int, list[str]]]) -> None:
    assert rows(content) == found


@pytest.mark.parametrize(("content", "line"), [('a,b\n1,"2\n', 2), ('a,b\n1,"2"3\n', 2), ("a,b\n" + "x" * 131_073, 2)])
def test_what_is_no_table_is_told_with_its_line_and_without_its_content(content: str, line: int) -> None:
    with pytest.raises(FileFaults) as caught:
        rows(content)
    assert str(caught.value).startswith(f"p.csv:{line}: ")
    assert "xxxx" not in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [(" 12 ", "12"), ('="0012"', "0012"), ('=" 7 "', "7"), ("a=b", "a=b"), ("", ""), ("'=1", "=1"), ("'t", "'t")],
)
def test_a_cell_says_its_value(cell: str, value: str) -> None:
    assert cell_value(cell) == value


@pytest.mark.parametrize("cell", ["=1+1", '=HYPERLINK("x")', "#N/A", "####", "#REF!"])
def test_a_formula_or_an_error_is_no_value(cell: str) -> None:
    with pytest.raises(ValueError, match="Write its value"):
        cell_value(cell)


def test_the_separator_is_told_in_words_and_one_without_a_name_as_it_is() -> None:
    assert separator_title(Text("p.csv", "a|b\n")) == "vertical bar"
    assert separator_title(Text("p.csv", "a|b\n"), Separator.TAB) == "tab"
    assert separator_title(Text("p.csv", "sep=^\na^b\n")) == "^"


def test_a_named_separator_parts_the_cells() -> None:
    assert [row.cells for row in read_table(Text("p.csv", "a;b,c\n"), Separator.COMMA)] == [["a;b", "c"]]


@pytest.mark.requirement("D-04", mutation="a line sep= that names nothing taken for the header")
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("\nsep=\nid;pin\n", "p.csv:2: The line that begins with sep= names no separator."),
        ("sep=;\nid,pin\n1,0815\n", "p.csv:1: The line that begins with sep= names a separator that the file does not use."),
    ],
)
def test_declaration_that_cannot_be_right_is_told(content: str, told: str) -> None:
    with pytest.raises(FileFaults) as caught:
        rows(content)
    assert str(caught.value).startswith(told)
    assert "0815" not in str(caught.value)


def test_named_separator_wins_over_a_declaration_that_is_not_used() -> None:
    assert [row.cells for row in read_table(Text("p.csv", "sep=;\nid,pin\n"), Separator.COMMA)] == [["id", "pin"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("first", ["sep=\t", '"sep=\t"', "sep=;"])
def test_declaration_behind_a_mark_is_read(first: str, encoding: str) -> None:
    separator = first[first.index("=") + 1]
    text = read_text(Upload("p.csv", f"{first}\r\nid{separator}pin\r\n".encode(encoding)))
    assert [row.cells for row in read_table(text)] == [["id", "pin"]]
