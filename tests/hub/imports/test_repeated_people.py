"""Rows that may name the same person are told by their lines, and nothing of what they say is."""

from __future__ import annotations

import pytest

from doorsync.hub.imports.parsing import CsvOptions, FilePerson, read_people_file
from doorsync.hub.imports.repeated_people import MOST, repeated_people
from doorsync.hub.users.files.file_faults import FileFault
from doorsync.hub.users.files.text_file import Upload

HEADER = "id;first_name;insertion;last_name;email\n"


def people(rows: str) -> list[FilePerson]:
    faults: list[FileFault] = []
    read = read_people_file(Upload("p.csv", (HEADER + rows).encode()), CsvOptions(), faults)
    assert not faults
    return list(read.people)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("a1;Anna;de;Vries;\nB;Bob;;Baker;\nA1;Ann;;Cook;\n", ["p.csv:2 and p.csv:4 have ids that differ only in zeros"]),
        (
            "007;Anna;;Vries;\n7;Bob;;Baker;\n\uff17;Cas;;Cook;\n",
            ["p.csv:2, p.csv:3 and p.csv:4 have ids that differ only in zeros"],
        ),
        ("1;Anna;;Vries;A@example.org\n2;An;;Bakker;a@Example.org\n", ["p.csv:2 and p.csv:3 have the same e-mail address"]),
        ("1;Anna;de;Vries;\n2;ANNA;De;Vries;\n3;Anna;;Vries;\n", ["p.csv:2 and p.csv:3 have the same name"]),
        ("1;Anna;;Vries;a@example.org\n2;Anna;;Vries;\n", ["p.csv:2 and p.csv:3 have the same name"]),
        ("1;Anna;;Vries;a@example.org\n2;Anna;;Vries;b@example.org\n", []),
        ("1;Anna;;Vries;a@example.org\n2;Anna;;Vries;a@example.org\n", ["p.csv:2 and p.csv:3 have the same e-mail"]),
        ("".join(f"{n};A;;B;\n" for n in range(6)), ["p.csv:2, p.csv:3, p.csv:4, p.csv:5 and 2 more have the same name"]),
        ("1;;;;\n2;;;;\n", []),
    ],
    ids=["id", "zeros", "email", "name", "no-email", "told-apart", "told-once", "many-rows", "nothing"],
)
@pytest.mark.requirement("D-04", mutation="rows with the same name under two ids taken without a word")
def test_rows_that_may_name_the_same_person_are_told(rows: str, told: list[str]) -> None:
    found = repeated_people(people(rows))
    assert [each.startswith(said) for each, said in zip(found, told, strict=True)] == [True] * len(told)
    assert all("Anna" not in each and "@" not in each for each in found)


def test_no_more_sets_are_told_than_somebody_reads() -> None:
    found = repeated_people(people("".join(f"{n};A;;B{n // 2};\n" for n in range(2 * MOST + 6))))
    assert len(found) == MOST + 1
    assert found[-1] == "3 more sets of rows may name the same person."


@pytest.mark.parametrize(
    ("ids", "known", "told"),
    [
        (["42"], {"0042"}, "p.csv:2 is somebody new"),
        (["0042"], {"42"}, "p.csv:2 is somebody new"),
        (["m1", "\uff4d2"], {"M1", "M2"}, "p.csv:2 and p.csv:3 are new people"),
        (["0042"], {"0042"}, ""),
        (["0042"], {"0042", "42"}, ""),
        (["0", "43"], {"00", "42"}, ""),
    ],
)
@pytest.mark.requirement("D-04", mutation="ids without their zeros become people of their own without a word")
def test_new_people_whose_ids_look_like_those_of_others_are_told(ids: list[str], known: set[str], told: str) -> None:
    found = repeated_people(people("".join(f"{each};A;;{each};\n" for each in ids)), known)
    assert [each.partition(",")[0] for each in found] == ([told] if told else [])
