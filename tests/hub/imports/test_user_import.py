# ruff: noqa: RUF001  # look-alike letters are what is tried here
"""What spreadsheets, exporters and other scripts hand in: taken for what it says, or refused with its place and what to do."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorsync.domain.text import normalized_text
from doorsync.hub.audit.trail import Actor
from doorsync.hub.imports.parsing import CSV, CsvOptions, read_company_file
from doorsync.hub.imports.summary import Summary
from doorsync.hub.imports.trial import try_company
from doorsync.hub.imports.user_import import prepare_import
from doorsync.hub.users import actions
from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.models import User
from doorsync.hub.users.queries import credentials_of
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.imports.conftest import GYM

pytestmark = pytest.mark.django_db

HEADER = "id;last_name;first_name;groups;cards;pin;starts;expires\n"


@pytest.fixture
def club() -> Gym:
    return gym()


def take(club: Gym, path: Path, data: str | bytes, options: CsvOptions = CSV) -> None:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    actor = Actor(company_id=club.company.pk, via="test")
    prepare_import(company=club.company, path=path, complete=False, actor=actor, options=options)[0].write(Summary())


def refusal(club: Gym, path: Path, data: str | bytes, options: CsvOptions = CSV) -> str:
    with pytest.raises(FileFaults) as refused:
        take(club, path, data, options)
    with scope(company=club.company):
        assert not User.objects.exists()
    return str(refused.value)


def only_user(club: Gym) -> User:
    with scope(company=club.company):
        return User.objects.select_related("company").get()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("18;Ampm;;Members;900018;;;2026-12-31 18:00 PM", "people.csv:2: expires: No clock"),
        ("21;Words;;Members;900021;;;2026-12-31 18:00 or later", "people.csv:2: expires: What follows the date is not a time"),
        ("22;Zone;;Members;900022;;2026-12-31 18:00+02:00;", "people.csv:2: starts: Leave the time zone out"),
        ("25;Zero;;Members;0;;;31-12-2026", "people.csv:2: expires: The year comes first"),
        ("w1;Hex;;Staff;25c2451b;;;", "people.csv:2: cards: Write the card's whole number in decimal digits"),
        ("w1;Hex;;Staff;25c2451b;;;", "If the whole column is like this, say --card-format hex (or hex-reversed)."),
        (
            "w2;FcCc;;Staff;116,52721;;;",
            "facility code x 65536 + number. If the whole column is like this, say --card-format facil",
        ),
        ("w3;Sci;;Staff;4.5E+07;;;", "people.csv:2: cards: A spreadsheet has shortened"),
        ("w3;Sci;;Staff;4.5E+07;;;", "Enter the whole number. Format the column as text."),
        ("w4;Space;;Staff;123 456;;;", "people.csv:2: cards: Write the card's whole number"),
        ("w5;Dot;;Staff;12345.0;;;", "people.csv:2: cards: Write the card's whole number"),
        ("w6;Arab;;Staff;١٢٣;;;", "people.csv:2: cards: Write the card's whole number"),
        (
            "w7;Pin;;Staff;;1E+05;;",
            "people.csv:2: pin: A PIN has 1 to 16 digits 0 to 9 and nothing else. Format the column as text.",
        ),
        ("w9;Day;;Staff;;;46387;", "Format the column as text or as a date."),
        ("w8;Pin;;Staff;;١٢٣٤;;", "people.csv:2: pin: A PIN has 1 to 16 digits"),
        ("f1;=A1&B1;;;;;;", "people.csv:2: last_name: The cell holds a formula"),
        ("f2;Err;;#REF!;;;;", "people.csv:2: groups: The cell holds a spreadsheet's error"),
        ("n1;a\x00b;;;;;;", "U+0000 (NUL)"),
        (
            "n2;Stone\x0bvan der;;;;;;",
            "people.csv:2: last_name: The last name has a character that cannot be kept: U+000B",
        ),
        ("n3;Stone\u2028van;;;;;;", "people.csv:2: last_name: The last name has a character that cannot be kept: U+2028"),
        ("n4;Stone\x85van;;;;;;", "U+0085 (next line)"),
        ("n5;Stone\x0cvan;;;;;;", "U+000C (form feed)"),
        ("n6;Stone\x1cvan;;;;;;", "U+001C (file separator)"),
        ("n7;Stone\x1dvan;;;;;;", "U+001D (group separator)"),
        ("n8;Stone\x1evan;;;;;;", "U+001E (record separator)"),
        ("n9;Stone\u2029van;;;;;;", "U+2029"),
        ("b1;Moore;\u202eevE;;;;;", "people.csv:2: first_name: The first name has a character that cannot be kept: U+202E"),
        ("g1;Lost\ufffd;;;;;;", "U+FFFD (REPLACEMENT CHARACTER)"),
        ("g2;Moore;;Nobody;;;;", "people.csv:2: groups: There is no group of this name. There are: Members, Staff."),
        ("l1;" + "x" * 1_000_000 + ";;;;;;", "people.csv:2: A cell is longer than 131072 characters"),
        ("l2;" + "x" * 101 + ";;;;;;", "people.csv:2: last_name: The last name is longer than 100 characters"),
        ('q1;"Moore;;;;;;', "people.csv:2: A quotation mark"),
        ("v1;\u200c;;;;;;", "people.csv:2: last_name: The last name has no letter that can be seen"),
        ("1,23E+17;Moore;;;;;;", "people.csv:2: id: A spreadsheet has shortened this id. Format the column as text"),
        ("4.711E+11;Moore;;;;;;", "people.csv:2: id: A spreadsheet has shortened this id"),
        ("\u200b;Moore;;;;;;", "people.csv:2: 'id' must not be empty"),
        (";Moore;;;;;;", "people.csv:2: 'id' must not be empty"),
        ("\u00a0;Moore;;;;;;", "people.csv:2: 'id' must not be empty"),
    ],
)
@pytest.mark.requirement("D-04", mutation="lines are cut with splitlines(); spreadsheet errors are taken as names")
def test_row_is_refused_with_its_place(club: Gym, tmp_path: Path, row: str, said: str) -> None:
    assert said in refusal(club, tmp_path / "people.csv", HEADER + row + "\n")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("山田　太郎", "山田 太郎"),
        ("de\u00a0Vries", "de Vries"),
        ("Schmidt\u00ad-Bauer", "Schmidt-Bauer"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ánh"), "Nguyễn Thị Ánh"),
        ('"Baker; Ann"', "Baker; Ann"),
        ('="00Seven"', "00Seven"),
        ("-", "-"),
        ("O’Neill", "O’Neill"),
        ("'t Hart", "'t Hart"),
    ],
)
@pytest.mark.requirement("D-04", mutation="names must be printable, as Python sees it")
def test_ordinary_name_is_taken(club: Gym, tmp_path: Path, name: str, kept: str) -> None:
    take(club, tmp_path / "people.csv", f"{HEADER}25;{name};;Members;;;;\n")
    assert only_user(club).last_name == kept


@pytest.mark.parametrize(
    "data",
    [
        (HEADER + "39;Uni;;Members;12;0042;;\n").encode("utf-16"),
        (HEADER + "39;Uni;;Members;12;0042;;\n").encode("utf-32"),
        (HEADER + "39;Uni;;Members;12;0042;;\n").replace(";", "\t").encode("utf-16"),
        b"\xef\xbb\xbf" + (HEADER + "39;Uni;;Members;12;0042;;\n").encode(),
        "sep=;\n" + HEADER + "39;Uni;;Members;12;0042;;\n",
        "sep=|\r\nid|last_name|cards|pin|groups\r\n39|Uni|12|0042|Members\r\n",
        '"sep=,"\nid,last_name,cards,pin,groups\n39,Uni,12,0042,Members\n',
        "id;last_name;cards;pin;groups;;\n39;Uni;12;0042;Members;;\n",
        "ID ; Last Name;CARD;Pin;group\n39;Uni;12;0042;Members\n",
        'id;last_name;cards;pin;groups\n39;Uni;="0012";="0042";Members\n',
        "id;last_name;cards;pin;groups\r39;Uni;12;0042;Members\r",
        '"id";"last_name";"cards";"pin";"groups"\n"39";"Uni";"0|12";"0042";" Members "\n\n;;;;\n',
    ],
)
def test_file_is_read_as_spreadsheets_write_it(club: Gym, tmp_path: Path, data: str | bytes) -> None:
    take(club, tmp_path / "people.csv", data)

    user = only_user(club)
    assert (user.external_id, user.last_name) == ("39", "Uni")
    with scope(company=club.company):
        assert credentials_of(user) == {"card": {"12"}, "pin": {"0042"}}
        assert [group.name for group in user.groups.all()] == ["Members"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04\x14\0\0\0", "people.csv: This is a spreadsheet's own file. Open it there and save it as 'CSV UTF-8'."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\0", "This is a spreadsheet's own file"),
        (
            "36;Łukasz;;;;;;".encode("cp1250"),
            "people.csv:2: The file is not UTF-8. Save it as 'CSV UTF-8', or say",
        ),
        ("38;Иванов;;;;;;".encode("cp1251"), "The file is not UTF-8"),
        ("36;Müller;;;;;;".encode("latin-1"), "people.csv:2: The file is not UTF-8"),
        ((HEADER + "39;Uni;;;;;;").encode("utf-16-le"), "UTF-16 without its mark"),
    ],
)
@pytest.mark.requirement("D-04", mutation="what is not UTF-8 is read as Windows-1252")
def test_encoding_is_never_guessed(club: Gym, tmp_path: Path, data: bytes, said: str) -> None:
    assert said in refusal(club, tmp_path / "people.csv", (b"" if b"\0" in data else HEADER.encode()) + data)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1250", "Łukasz Żółć"), ("cp1251", "Иванов"), ("latin-1", "Müller"), ("CP1252", "Œuvré"), ("utf-16-le", "王")],
)
def test_encoding_can_be_named_and_shows_how_it_read(club: Gym, tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(f"{HEADER}36;{name};;Members;;;;\n37;Plain;;;;;;\n".encode(encoding))

    ready, named = prepare_import(
        company=club.company, path=path, complete=False, actor=club.actor, options=CsvOptions(encoding=encoding)
    )

    shown = ready.preview(named)
    assert (shown.encoding, shown.letters) == (encoding, [name])


def test_encoding_with_a_mark_may_be_named_as_well(club: Gym, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    for written in ("utf-8", "utf-8-sig"):
        path.write_bytes(f"{HEADER}36;Žoë;;Members;;;;\n".encode(written))
        ready, _ = prepare_import(
            company=club.company, path=path, complete=False, actor=club.actor, options=CsvOptions(encoding="utf-8-sig")
        )
        assert [each.name for each in ready.preview().new] == ["Žoë"]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("klingon", "no such encoding"), ("utf-7", "no such encoding"), ("idna", "no such encoding"), ("rot13", "no such encoding")],
)
def test_odd_encoding_is_refused(club: Gym, tmp_path: Path, encoding: str, said: str) -> None:
    assert said in refusal(club, tmp_path / "people.csv", HEADER + "1;A;;;;;;\n", CsvOptions(encoding=encoding))


def test_mark_of_the_file_wins_over_another_name(club: Gym, tmp_path: Path) -> None:
    data = (HEADER + "1;A;;;;;;\n").encode("utf-16")
    assert "leave --encoding out" in refusal(club, tmp_path / "people.csv", data, CsvOptions(encoding="cp1252"))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            "4711;Baker;7194107897;0042",
            "people.csv:1: The column 'id' is missing. The first row names the columns: id",
        ),
        ("", "people.csv:2: The column 'id' is missing"),
        ("id;last_name;expire", "people.csv:1: The column 'expire' is not known. Do you mean 'expires'?"),
        ("id;last_name;phone number", "people.csv:1: The column 'phone number' is not known. Known are: id"),
        ("id;last_name;12345", "people.csv:1: The column 3 is not known"),
        ("id;last_name;ID", "people.csv:1: Two columns stand for 'id': id (column 1), and ID (column 3)."),
        ("id;;last_name", "people.csv:1: Column 2 has no name"),
    ],
)
def test_header_that_is_not_understood_is_refused(club: Gym, tmp_path: Path, header: str, said: str) -> None:
    found = refusal(club, tmp_path / "people.csv", f"{header}\n1;A;2\n")
    assert said in found
    assert "7194107897" not in found


@pytest.mark.parametrize(
    ("notation", "written", "kept"),
    [
        (CardFormat.HEX, "25c2451b", "633488667"),
        (CardFormat.HEX, "0x25C2451B", "633488667"),
        (CardFormat.HEX, "25:C2:45:1B", "633488667"),
        (CardFormat.HEX_REVERSED, "1b45c225", "633488667"),
        (CardFormat.FACILITY, "116,52721", "7654897"),
        (CardFormat.FACILITY, "116:52721", "7654897"),
        (CardFormat.DECIMAL, "0000633488667", "633488667"),
    ],
)
def test_notation_of_cards_can_be_declared(club: Gym, tmp_path: Path, notation: CardFormat, written: str, kept: str) -> None:
    take(club, tmp_path / "people.csv", f"{HEADER}w1;Hex;;Staff;{written};;;\n", CsvOptions(cards=notation))
    with scope(company=club.company):
        assert credentials_of(only_user(club)) == {"card": {kept}}


@pytest.mark.parametrize(
    ("notation", "written", "said"),
    [
        (CardFormat.HEX, "25g2", "Not a valid card in hexadecimal"),
        (CardFormat.HEX_REVERSED, "1b4", "two digits for each byte"),
        (CardFormat.FACILITY, "256,1", "facility 0 to 255"),
        (CardFormat.FACILITY, "1,65536", "facility 0 to 255"),
        (CardFormat.FACILITY, "633488667", "facility 0 to 255"),
    ],
)
def test_card_of_another_notation_is_refused(club: Gym, tmp_path: Path, notation: CardFormat, written: str, said: str) -> None:
    data = f"{HEADER}w1;Hex;;Staff;{written};;;\n"
    assert said in refusal(club, tmp_path / "people.csv", data, CsvOptions(cards=notation))


def test_card_zero_is_no_card(club: Gym, tmp_path: Path) -> None:
    take(club, tmp_path / "people.csv", HEADER + "13;NoCard1;;Members;0;;;\n14;NoCard2;;Members;000;;;\n")
    with scope(company=club.company):
        assert [credentials_of(user) for user in User.objects.all()] == [{}, {}]


def test_equal_pins_are_a_warning_that_names_both(club: Gym, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    world.user(club.company, "Zed", number=900, pin="4711", external_id="z")
    path.write_text(HEADER + "16;PinA;;Members;;4711;;\n17;PinB;;Staff;;4711;;\n18;PinC;;Staff;;0815;;\n")

    warnings = prepare_import(company=club.company, path=path, complete=False, actor=club.actor)[0].preview().warnings

    assert len(warnings) == 1
    assert warnings[0].startswith("people.csv:2 and people.csv:3, Zed (number 900) have the same PIN")
    assert "4711" not in warnings[0]


def test_new_people_are_not_told_to_have_their_own_pin(tmp_path: Path) -> None:
    """A company file is tried by writing it: those who are looked at are in the database by then."""
    path = tmp_path / "gym.yaml"
    path.write_text(GYM)

    assert try_company(read_company_file(path)).people.warnings == []


def test_equal_cards_name_both_rows(club: Gym, tmp_path: Path) -> None:
    data = HEADER + "16;A;;Members;900;;;\n17;B;;Staff;0900;;;\n"
    found = refusal(club, tmp_path / "people.csv", data)
    assert found == "people.csv:3: cards: The card is somebody else's too. See people.csv:2 too."


def test_group_is_found_in_either_form_of_its_letters(club: Gym, tmp_path: Path) -> None:
    actions.create_group(company=club.company, name=unicodedata.normalize("NFD", "Café"), actor=club.actor)

    for number, name in enumerate(("Café", unicodedata.normalize("NFD", "Café"))):
        take(club, tmp_path / "people.csv", f"id;last_name;groups\n{number};A;{name}\n")

    with scope(company=club.company):
        assert User.objects.filter(groups__name="Café").count() == 2


def test_vertical_tab_cuts_no_row(club: Gym, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    take(club, path, "id;last_name;first_name;groups\n90;Stone;Ann;Members\n91;Reed;Bo;Staff\n")
    path.write_text("id;last_name;first_name;groups\n90;Stone\x0bvan der;Ann;Members\n91;Reed;Bo;Staff\n")

    with pytest.raises(FileFaults, match=r"people.csv:2: last_name: .* U\+000B") as refused:
        prepare_import(company=club.company, path=path, complete=True, actor=club.actor)
    assert len(refused.value.faults) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.text(), st.text(), st.text(max_size=8)), min_size=1, max_size=4), st.sampled_from(["", "\r\n", "\n"])
)
@pytest.mark.requirement("D-04", mutation="a name that is refused is stored without its bad characters")
def test_any_text_is_taken_or_refused_with_its_place(
    club: Gym, tmp_path: Path, rows: list[tuple[str, str, str]], end: str
) -> None:
    """Whatever stands in the cells, quoted as it should be: read back in NFC, or refused on one of its lines."""
    path = tmp_path / "people.csv"
    quoted = ["".join(f'"{cell.replace(chr(34), chr(34) * 2)}";' for cell in row).rstrip(";") for row in rows]
    with scope(company=club.company):
        User.objects.all().delete()
        try:
            take(club, path, ("id;last_name;first_name\n" + "\n".join(quoted) + end).encode(errors="surrogatepass"))
        except FileFaults as refused:
            told = [fault.file == "people.csv" and bool(fault.text) for fault in refused.faults]
        else:
            told = [True]
            kept = {user.external_id: (user.last_name, user.first_name) for user in User.objects.all()}
            wanted = [tuple(map(normalized_text, row)) for row in rows if any(cell.strip() for cell in row)]
            assert kept == {_unwrapped(row[0]): (_unwrapped(row[1]), _unwrapped(row[2])) for row in wanted}
    assert told
    assert all(told)


def _unwrapped(text: str) -> str:
    return normalized_text(text[2:-1]) if text.startswith('="') and text.endswith('"') and len(text) > 2 else text


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_file_is_taken_or_refused(club: Gym, tmp_path: Path, data: bytes) -> None:
    with scope(company=club.company):
        for begin in (b"", HEADER.encode()):
            try:
                take(club, tmp_path / "people.csv", begin + data)
            except FileFaults as refused:
                told = str(refused)
            else:
                told = "taken"
            assert told
            User.objects.all().delete()
