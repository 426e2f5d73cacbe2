"""Files that are none, lead elsewhere, never end, or are made to exhaust the reader: one sentence each, at once."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorsync.hub.companies.models import Company
from doorsync.hub.imports.parsing import CsvOptions, read_company_file, read_people_file
from doorsync.hub.imports.validation import check_file, check_people
from doorsync.hub.users.files.csv_table import read_table
from doorsync.hub.users.files.file_faults import FileFault, FileFaults
from doorsync.hub.users.files.text_file import Upload, read_text
from tests.hub.entry.commands.test_commands import run
from tests.hub.imports.conftest import GYM

pytestmark = pytest.mark.django_db

SECTION = "company: {slug: gym, name: Gym}\n"
PEOPLE = "id;last_name\n1;Alpha\n"
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def said_of(path: Path) -> str:
    try:
        found = list(check_file(read_company_file(path), None))
    except FileFaults as refused:
        return str(refused)
    assert found
    return str(FileFaults(found))


def make_link(folder: Path) -> str:
    (folder / "inside").symlink_to(folder.parent)
    return "inside/beta.csv"


def make_ring(folder: Path) -> str:
    (folder / "a.csv").symlink_to(folder / "b.csv")
    (folder / "b.csv").symlink_to(folder / "a.csv")
    return "a.csv"


def make_pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe.csv")
    return "pipe.csv"


def make_folder(folder: Path) -> str:
    (folder / "people.csv").mkdir()
    return "people.csv"


def make_large(folder: Path) -> str:
    with (folder / "large.csv").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    return "large.csv"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (lambda _: "../beta.csv", "gym.yaml:2: The people's file must be in the folder of this file"),
        (lambda folder: str(folder.parent / "beta.csv"), "must be in the folder"),
        (lambda folder: str(folder / "people.csv"), "must be in the folder"),
        (make_link, "must be in the folder"),
        (lambda _: "sub/../../beta.csv", "must be in the folder"),
        (lambda _: "/dev/zero", "must be in the folder"),
        (lambda _: '"a\\0b.csv"', "must be in the folder"),
        (make_ring, "must be in the folder"),
        (make_pipe, "pipe.csv: Not a regular file"),
        (make_folder, "people.csv: Not a regular file"),
        (lambda _: ".", "Not a regular file"),
        (make_large, "large.csv: The file is larger than 64 MiB"),
        (lambda _: "x" * 5000, "cannot be read"),
    ],
)
@pytest.mark.requirement("D-04", mutation="the name of the people's file is taken as it stands")
def test_people_come_only_from_an_ordinary_file_in_the_folder(tmp_path: Path, named: Callable[[Path], str], said: str) -> None:
    (tmp_path / "beta.csv").write_text(PEOPLE)
    folder = tmp_path / "gym"
    folder.mkdir()
    (folder / "gym.yaml").write_text(f"{SECTION}users_file: {named(folder)}\n")

    found = said_of(folder / "gym.yaml")

    assert said in found
    assert "Alpha" not in found


def test_file_in_a_folder_below_is_taken(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/people.csv").write_text(PEOPLE)
    (tmp_path / "gym.yaml").write_text(f"{SECTION}users_file: lists/people.csv\n")

    assert [person.user.last_name for person in read_company_file(tmp_path / "gym.yaml").people] == ["Alpha"]


@pytest.mark.parametrize("command", [("company", "load"), ("user", "import")])
@pytest.mark.parametrize("special", ["/dev/zero", "/dev/null", "/proc/self", "/"])
def test_special_file_on_the_command_line_is_refused_at_once(command: tuple[str, str], special: str) -> None:
    Company.objects.create(slug="gym", name="Gym", code_hash=b"x", sealed_key=b"x")
    words = (*command, special, *(("--company", "gym") if command[0] == "user" else ()))
    code, said = run(*words)
    assert (code, len(said.splitlines())) == (1, 2)
    assert "Not a regular file." in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[" * 100_000, "gym.yaml:1: It is nested more than 10 levels deep."),
        ("a: " + "{b: " * 5_000 + "c" + "}" * 5_000, "nested more than"),
        ("- " * 3_000, "nested more than"),
        ("".join(f"{' ' * n}a:\n" for n in range(500)), "gym.yaml:10: It is nested more than"),
        (LAUGHS, "gym.yaml:2: It refers to another place with '*'"),
        (f"{SECTION}users: &a [*a]", "gym.yaml:2: It refers to another place"),
        (f"company: {{slug: gym, name: Gym, token_seconds: {'9' * 5000}}}", "'token_seconds' should be a smaller number"),
        ("company: {slug: gym, name: Gym, token_seconds: 1e999}", "should be a whole number"),
        ("company: {slug: gym, name: Gym, token_seconds: .inf}", "should be a whole number"),
        ("company: {slug: gym, name: Gym, guard: {people: 99999999999999999999}}", "less than or equal to 1000000"),
        ('company: {slug: gym, name: "a\\0b"}', "gym.yaml:1: name: It has a character that cannot be kept: U+0000 (NUL)"),
        ('company: {slug: gym, name: "a\\ud800b"}', "gym.yaml:1:"),
        ('company: {slug: gym, name: "a\\UFFFFFFFFb"}', "Not valid YAML"),
        (f'{SECTION}locations: [{{name: "a\\0", time_zone: Europe/Paris}}]', "gym.yaml:2: name: It has a character"),
        (f'{SECTION}locations: [{{name: a, time_zone: "Europe/\\0"}}]', "gym.yaml:2: time_zone:"),
        (f'{SECTION}locations: [{{name: a, time_zone: "../../etc/passwd"}}]', "gym.yaml:2: time_zone:"),
        (f'{SECTION}administrators: [{{username: "a\\0"}}]', "gym.yaml:2: username: It has a character"),
        (f'{SECTION}groups: ["a\\u202eb"]', "U+202E"),
        (f'{SECTION}users: [{{id: "1\\0", last_name: A}}]', "gym.yaml:2: id: It has a character"),
        (f'{SECTION}users: [{{id: 1, last_name: "A\\v"}}]', "gym.yaml:2: last_name: The last name has a character"),
        (f"{SECTION}users: [{{id: 1, last_name: A, expires: 0202-01-01}}]", "gym.yaml:2: expires: The year must be 1970 to 2199"),
        (f"{SECTION}users: [{{id: 1, last_name: A, expires: 2026-02-30}}]", "gym.yaml:2: expires: The calendar has no such day"),
        ("company: {slug: gym, name: Gym, frame_origins: ['http://[']}", "gym.yaml:1: frame_origins: Write an origin"),
        (
            "company: {slug: gym, name: Gym, frame_origins: ['http://a; script-src *']}",
            "gym.yaml:1: frame_origins: Write",
        ),
        ("company: {slug: gym, name: Gym, frame_origins: ['https://*.a.example']}", "gym.yaml:1: frame_origins: Write"),
        ("company: {slug: gym, name: Gym, frame_origins: ['https://a.example#x']}", "gym.yaml:1: frame_origins: Write"),
        ("company: {slug: gym, name: Gym, frame_origins: ['https://münchen.example']}", "gym.yaml:1: frame_origins: Write"),
        ("company: {slug: gym, name: Gym, return_urls: ['https://me:pass@a.example']}", "gym.yaml:1: return_urls: Write"),
        ("company: {slug: gym, name: Gym, return_urls: ['https://a.example:99999/']}", "gym.yaml:1: return_urls: Write"),
        ('company: {slug: gym, name: Gym, return_urls: ["https://a\\0.example"]}', "gym.yaml:1: return_urls:"),
        (f"{SECTION}\x00", "gym.yaml:2: Not valid YAML: it contains the invalid character U+0000 (NUL)"),
        (
            f"{SECTION}groups: [a\u2028b]",
            "gym.yaml:2: Not valid YAML: it contains the invalid character U+2028",
        ),
        (f"{SECTION}groups: [a\x85b]", "U+0085 (next line)"),
        (f"{SECTION}groups: [a\x0bb]", "U+000B (vertical tab)"),
        ("!!python/object/apply:os.system [id]", "has sections"),
        (f"{SECTION}<<: {{a: b}}", "is not known here"),
        ("? [a, b]\n: c", "A name must be a plain text"),
        ("a: b: c", "Not valid YAML"),
        ("%", "Not valid YAML"),
        ("--- a\n--- b", "Not valid YAML"),
    ],
)
@pytest.mark.requirement("D-04", mutation="the depth of YAML is not looked at")
def test_file_made_to_break_the_reader_gets_a_sentence(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "gym.yaml"
    path.write_text(content, newline="")
    assert said in said_of(path)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00", bytes(range(256)), b"\0" * 1000, b"\xff\xfe\x00", b"\xfe\xff"])
def test_binary_file_gets_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "gym.yaml"
    path.write_bytes(data)
    code, said = run("company", "load", str(path))
    assert code == 1
    assert said.startswith("gym.yaml")
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(b"id;last_name\n1;Adams\n", mtime=0), "a compressed file"),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "a document"),
        (b"{\\rtf1\\ansi id;last_name}", "a document"),
        (b"PK\x03\x04", "a spreadsheet's own file"),
    ],
)
def test_files_of_other_kinds_are_called_so(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(data)
    assert said in said_of(path)


def test_key_file_is_not_shown(tmp_path: Path) -> None:
    key = "pH1mB5cQh0T3n9Zr6sJ8dLwXkVfYgUaE"
    path = tmp_path / "kek.key"
    for content in (key, f"{key}\n", f"{key}: {key}\n", f"id;{key}\n1;{key}\n"):
        path.write_text(content)
        Company.objects.get_or_create(slug="gym", defaults={"name": "Gym", "code_hash": b"x", "sealed_key": b"x"})
        for words in (("company", "load", str(path)), ("user", "import", str(path), "--company", "gym")):
            code, said = run(*words)
            assert code == 1
            assert key not in said


def test_latin_text_in_a_company_file_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gym.yaml"
    path.write_bytes(GYM.replace("Alice", "Zoë").encode("latin-1"))
    assert said_of(path).startswith("gym.yaml:24: The file is not UTF-8. Save it as UTF-8; --encoding is for the CSV file")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=200), st.text(alphabet="[]{}:,-?&*!|>'\"%@`#\n \ta0", max_size=60)))
def test_any_text_is_read_or_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "gym.yaml"
    for text in (content, SECTION + content, f"{SECTION}users: [{content}]\n"):
        path.write_bytes(text.encode(errors="surrogatepass"))
        try:
            told = str(read_company_file(path).faults)
        except FileFaults as refused:
            told = str(refused)
        assert told


@pytest.mark.parametrize(
    ("data", "named", "told"),
    [
        (b"id", "", "UTF-8"),
        ("id".encode("utf-8-sig"), "", "UTF-8"),
        ("id".encode("utf-16"), "", "UTF-16"),
        ("id".encode("utf-32"), "", "UTF-32"),
        (b"id", "cp1252", "cp1252"),
    ],
)
def test_a_text_says_as_what_it_was_read(data: bytes, named: str, told: str) -> None:
    assert read_text(Upload("p.csv", data), named).encoding == told


@pytest.mark.parametrize(
    ("data", "named", "said"),
    [
        (b"\xef\xbb\xbfid;last_name\n1;M\xfcller\n", "", "p.csv:2: The file is not valid text in UTF-8"),
        (b"\xff\xfei\0d\0\n\0\0", "", "p.csv:2: The file is not valid text in UTF-16"),
        (b"id;last_name\n1;M\x81ller\n", "cp1252", "p.csv:2: The file is not valid text in cp1252"),
    ],
)
@pytest.mark.requirement("D-04", mutation="_why() saying 'in this encoding', where nobody named one")
def test_text_that_its_encoding_does_not_fit_is_refused_with_the_name_of_it(data: bytes, named: str, said: str) -> None:
    with pytest.raises(FileFaults) as refused:
        read_text(Upload("p.csv", data), named)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.requirement("D-04", mutation="only the share of NULs counts, which is small where names are not in ASCII")
def test_utf_16_without_its_mark_is_called_so_whatever_the_names_are_in(encoding: str) -> None:
    data = ("id;last_name\n" + "1;Александрова-Жуковская\n" * 20).encode(encoding)
    with pytest.raises(FileFaults, match="This looks like UTF-16 without its mark"):
        read_text(Upload("p.csv", data))


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf_16_without_its_mark_is_read_in_either_order_when_it_is_named(order: str) -> None:
    assert read_text(Upload("p.csv", "id;Имя".encode(f"utf-16-{order}")), "utf-16").content == "id;Имя"


@pytest.mark.requirement("D-04", mutation="_decoded() returning the text with its Ctrl-Z: a row of one cell")
@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a", "\n\x1a\x1a\x1a\x1a", "\n\x1a\r\n", "\n\n\x1a\n\x1a"])
@pytest.mark.parametrize("encoding", ["", "utf-8-sig", "utf-16", "cp1252"])
def test_ctrl_z_at_the_end_of_a_file_is_its_end(end: str, encoding: str) -> None:
    upload = Upload("people.csv", f"id;last_name\r\n1;Alpha{end}".encode(encoding or "utf-8"))
    text = read_text(upload, encoding if encoding == "cp1252" else "")
    assert [row.cells for row in read_table(text)] == [["id", "last_name"], ["1", "Alpha"]]
    yaml = read_text(Upload("gym.yaml", f"a: 1{end}".encode()), nameable=False)
    assert "\x1a" not in yaml.content


def test_ctrl_z_within_a_file_is_data_that_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id;last_name\n1;Al\x1apha\n2;Beta\n", encoding="utf-8")
    assert read_text(path).content == "id;last_name\n1;Al\x1apha\n2;Beta\n"
    faults: list[FileFault] = []
    people = read_people_file(path, CsvOptions(), faults).people
    assert "U+001A" in str(next(check_people(people, (), None, complete=False)))
