"""What is wrong with a file is told with its place, and repeats nothing that could be a secret."""

from __future__ import annotations

import pytest

from doorsync.hub.users.files.file_faults import SHOWN, FileFault, FileFaults, quoted_word


@pytest.mark.requirement("T-01", mutation="quoted_word() with digits: a card in the place of a name is repeated")
@pytest.mark.parametrize("text", ["4711", "a4711", "PIN1234", "", "-x", "a" * 31, "one two three four five", "a\nb", "a=b"])
def test_what_could_be_a_secret_is_not_repeated(text: str) -> None:
    assert quoted_word(text) == ""


@pytest.mark.parametrize("text", ["cards", "first_name", "Prénom", "date of birth", "e-mail"])
def test_a_word_is_quoted(text: str) -> None:
    assert quoted_word(text) == f"'{text}'"


def test_faults_are_told_in_the_order_of_their_places_and_each_once() -> None:
    faults = FileFaults(
        [
            FileFault("b.csv", 2, "Two."),
            FileFault("a.yaml", 0, "Whole."),
            FileFault("b.csv", 1, "One."),
            FileFault("b.csv", 2, "Two."),
        ]
    )
    assert str(faults) == "a.yaml: Whole.\nb.csv:1: One.\nb.csv:2: Two."


def test_so_many_that_a_person_can_read_them() -> None:
    told = str(FileFaults([FileFault("b.csv", line, "No.") for line in range(1, SHOWN + 3)])).splitlines()
    assert (len(told), told[-1]) == (SHOWN + 1, "... and 2 more.")
    assert len(str(FileFaults([FileFault("b.csv", line, "No.") for line in range(1, SHOWN + 1)])).splitlines()) == SHOWN


def test_the_name_of_a_file_has_no_second_line() -> None:
    assert str(FileFault("a\n\x1b[2Jb", 1, "No.")) == "a??[2Jb:1: No."
