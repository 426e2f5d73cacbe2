"""Which separator a file has: quoted text does not count, the header decides together with the rows, and a named one wins."""

from __future__ import annotations

import pytest

from doorsync.hub.users.files.separators import (
    CHARACTERS,
    Separator,
    find_separator,
    is_bad_declaration,
    is_unused_declaration,
)

QUOTED = ['"Name, first, or other",id\n', "Anna,1\n"]


@pytest.mark.parametrize("separator", Separator)
def test_each_separator_is_found(separator: Separator) -> None:
    assert find_separator([separator.character.join(["id", "last_name", "groups"]) + "\n"]) == (0, separator.character)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (['"Name, first";"Name, last, or only";id\n', "Anna;Vries;1\n"], ";"),
        (['"a;b;c;d",id\n'], ","),
        (['"a\n', 'b;c;d",id\n', "1,2\n"], ","),
        (["Address (street, number, city);id\n", "Quay 1;7\n"], ";"),
        (["id,last_name\n", "1,a;b;c\n", "2,d;e;f\n"], ","),
        (["\n", "id|pin\n"], "|"),
        (["id\n", "1\n"], ","),
        (['"never closed;id\n'], ","),
        ([], ","),
    ],
    ids=["quoted", "quoted-alone", "two-lines", "rows-decide", "header-decides", "empty-line", "one-column", "broken", "empty"],
)
def test_what_is_quoted_does_not_count(lines: list[str], found: str) -> None:
    assert find_separator(lines) == (0, found)


@pytest.mark.parametrize("first", ["sep=;\n", '"sep=;"\n', "SEP=;,,,\n"])
def test_a_declared_one_is_taken_and_its_line_left_out(first: str) -> None:
    assert find_separator([first, "id,a;pin\n"]) == (1, ";")


def test_a_named_one_wins_and_the_line_that_declares_another_is_left_out() -> None:
    assert find_separator(["sep=;\n", "id,a;pin\n"], Separator.COMMA) == (1, ",")
    assert find_separator(["id,a;pin\n"], Separator.TAB) == (0, "\t")


def test_a_quotation_mark_is_not_declared_as_separator() -> None:
    assert find_separator(['sep="\n', "id;pin\n"])[1] in CHARACTERS.values()


@pytest.mark.parametrize("first", ["sep=\t\n", '"sep=\t"\n', "\ufeffsep=\t\r\n", "sep=\t\t\t\n"])
def test_a_tab_and_a_second_mark_are_read(first: str) -> None:
    assert find_separator([first, "id\tpin\n"]) == (1, "\t")
    assert not is_bad_declaration([first])


@pytest.mark.parametrize(
    "first", ["sep=\n", "sep=\\t\n", 'sep="\n', "sep=;;x\n", "SEP = ;\n", " sep=;\n", "sep=i\n", "sep=0\n", 'sep=";"\n']
)
def test_a_line_that_declares_nothing_is_no_header(first: str) -> None:
    assert is_bad_declaration([first, "id;pin\n"])


@pytest.mark.parametrize(
    ("lines", "unused"),
    [
        (["sep=;\n", "id,pin\n", "1,2\n"], True),
        (["sep=;\n", "id\n", "1\n"], False),
        (["sep=;\n", "id;pin\n", "1;2\n"], False),
        (["sep=:\n", "id:pin,or\n", "1:2\n"], False),
        (["id,pin\n"], False),
        ([], False),
    ],
    ids=["other", "one-column", "used", "unusual", "none", "empty"],
)
def test_declared_one_that_parts_nothing_is_unused(lines: list[str], unused: bool) -> None:
    assert is_unused_declaration(lines) == unused
