"""Parse files. Pydantic finds what is wrong; here errors get their line and plain words, and never show a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from doorsync.domain.text import normalized_text
from doorsync.hub.imports.double_encoding import double_encoded_names
from doorsync.hub.imports.schema import CompanyFile, Section, UserSection
from doorsync.hub.imports.yaml_loader import Data, SourcePlace, read_yaml
from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.files.csv_advice import csv_advice
from doorsync.hub.users.files.csv_people import read_people
from doorsync.hub.users.files.file_faults import FileFault, FileFaults, quoted_word
from doorsync.hub.users.files.separators import Separator
from doorsync.hub.users.files.text_file import Source, Upload, file_inside, read_text

S = TypeVar("S", bound=Section)
Locate = Callable[[SourcePlace, str], FileFault]

NO_LABELS: Mapping[str, str] = MappingProxyType({})
PLAIN: dict[str, Any] = {  # what a CSV file can have is translated: it is shown on a page
    "missing": "'%(field)s' is missing.",
    "string_type": "'%(field)s' should be a text.",
    "list_type": "'%(field)s' should be a list.",
    "model_type": "'%(field)s' should have fields of its own.",
    "model_attributes_type": "'%(field)s' should have fields of its own.",
    "int_parsing": "'%(field)s' should be a whole number.",
    "int_parsing_size": "'%(field)s' should be a smaller number.",
    "bool_parsing": "'%(field)s' should be true or false.",
    "string_too_short": gettext_lazy("'%(field)s' must not be empty."),
    "too_short": gettext_lazy("'%(field)s' must not be empty."),
    "too_long": gettext_lazy("'%(field)s' has at most %(max_length)s characters."),
    "string_pattern_mismatch": "'%(field)s' takes small letters, digits and single hyphens.",
    "enum": "'%(field)s' should be one of %(expected)s.",
}


def _no_advice(_column: str, _values: Sequence[str]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class FilePerson:
    """A user of the file, with the place to name when something is wrong with it. `advice`: what else to say of these values."""

    user: UserSection
    locate: Callable[[str, str], FileFault]
    labels: Mapping[str, str] = field(default_factory=dict)
    advice: Callable[[str, Sequence[str]], str] = _no_advice

    def fault(self, field: str, text: str) -> FileFault:
        """What is wrong with this field."""
        said = getattr(self.user, field, "") or ()
        advice = self.advice(field, [said] if isinstance(said, str) else said)
        return self.locate(field, f"{self.label(field)}: {text} {advice}".rstrip())

    def label(self, field: str) -> str:
        """How the field is called in messages: with the place of its column where the file has others of that name."""
        return self.labels.get(field, field)

    @property
    def place(self) -> str:
        """Where the person stands, as "people.csv:12"."""
        fault = self.locate("id", "")
        return f"{fault.file}:{fault.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvOptions:
    """How a CSV file is to be read where it does not say so itself."""

    encoding: str = ""
    separator: Separator | None = None  # without one it is found
    cards: CardFormat = CardFormat.DECIMAL
    columns: Sequence[str] = ()  # what each column stands for; empty where its own name says it


CSV = CsvOptions()  # UTF-8, decimal cards


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as far as it could be read: its sections, its people wherever they stood, and what is wrong so far.

    `names` are all that the file gives to its things, also to those with faults: they may be referred to.
    `lists_people`: it has a section of users or names a file of them, be it an empty one. `double_encoded`: a sentence for each
    name that was encoded twice, but for those of people.
    """

    file: CompanyFile
    people: Sequence[FilePerson]
    lists_people: bool
    encoding: str
    fault: Locate
    names: dict[str, frozenset[str]]
    faults: Sequence[FileFault]
    double_encoded: Sequence[str] = ()

    @property
    def complete_people(self) -> bool:
        """Whether users whom it does not name are removed."""
        return self.file.complete and self.lists_people


def read_company_file(path: Path, options: CsvOptions = CSV) -> Reading:
    """The company file and the people's file that it names. Raises FileFaults only when nothing can be made of it."""
    document = read_yaml(path)
    if not isinstance(document.data, dict):
        raise FileFaults([document.fault((), "A company file has sections, such as 'company:' and 'locations:'.")])
    faults: list[FileFault] = []
    data = document.data
    file = shaped(CompanyFile, data, document.fault, faults)
    if file is None:
        data = without_faults(CompanyFile, data)
        file = CompanyFile.model_validate(data)
    people = [
        FilePerson(user, _at(document.fault, ("users", number))) for number, user in _placed(document.data, data, file.users)
    ]
    encoding = ""
    if file.users_file:
        beside = file_inside(path.parent, file.users_file)
        if beside:
            more = read_people_file(beside, options, faults)
            people, encoding = [*people, *more.people], more.encoding
        else:
            faults.append(document.fault(("users_file",), "The people's file must be in the folder of this file, or below it."))
    lists_people = bool(file.users_file) or document.data.get("users") is not None
    twice = double_encoded_names(document)
    return Reading(file, people, lists_people, encoding, document.fault, _names(document.data), faults, twice)


def without_faults(shape: type[Section], data: dict[str, Data]) -> dict[str, Data]:
    """The data without the entries that are wrong, so that the rest can be looked at too."""
    wrong = {place[:2] for place in _places(shape, data)}
    kept: dict[str, Data] = {"company": _company_without_faults(data.get("company"), wrong)}
    for section, value in data.items():
        if section == "company":
            continue
        if isinstance(value, list):
            kept[section] = [entry for number, entry in enumerate(value) if (section, number) not in wrong]
        elif not any(place[0] == section for place in wrong):
            kept[section] = value
    return {section: value for section, value in kept.items() if section == "company" or (section,) not in wrong}


def _company_without_faults(given: Data, wrong: set[SourcePlace]) -> Data:
    """The company by its right name where that can be read: otherwise all that it has already would be told to be missing."""
    fields = given if isinstance(given, dict) else {}
    return {"slug": "x", "name": "x", **{name: value for name, value in fields.items() if ("company", name) not in wrong}}


def _places(shape: type[Section], data: Data) -> list[SourcePlace]:
    try:
        shape.model_validate(data)
    except ValidationError as error:
        return [each["loc"] for each in error.errors(include_input=False)]
    return []


def _placed(whole: dict[str, Data], kept: dict[str, Data], users: Sequence[UserSection]) -> list[tuple[int, UserSection]]:
    """The users with their places in the whole file, from which some may have been left out."""
    all_entries, kept_entries = whole.get("users") or [], kept.get("users") or []
    remain = {id(entry) for entry in kept_entries}
    numbers = [number for number, entry in enumerate(all_entries) if id(entry) in remain]
    return list(zip(numbers, users, strict=False))


def _names(data: dict[str, Data]) -> dict[str, frozenset[str]]:
    found = {}
    for section, value in data.items():
        entries = value if isinstance(value, list) else [value]
        names = (entry.get("name") if isinstance(entry, dict) else entry for entry in entries)
        found[section] = frozenset(normalized_text(name) for name in names if isinstance(name, str))
    return found


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """The people that could be read, and the encoding that had to be named, or empty."""

    people: Sequence[FilePerson] = ()
    encoding: str = ""


def read_people_file(path: Source, options: CsvOptions, faults: list[FileFault]) -> PeopleFile:
    """The people of a CSV file; what is wrong goes to `faults`."""
    try:
        text = read_text(path, options.encoding)
        rows = read_people(text, options.cards, faults, options.columns, options.separator)
    except FileFaults as error:
        faults.extend(error.faults)
        return PeopleFile()
    people, advice = [], partial(csv_advice, uploaded=isinstance(path, Upload))
    for row in rows:
        locate = _on_line(path.name, row.line)
        user = shaped(
            UserSection,
            row.cells,
            lambda place, text, locate=locate: locate(str(place[-1]), text),  # type: ignore[misc]  # mypy cannot infer a default of a lambda
            faults,
            row.labels,
        )
        people += [FilePerson(user, locate, row.labels, advice)] if user else []
    return PeopleFile(people, text.named)


def shaped(shape: type[S], data: Any, locate: Locate, faults: list[FileFault], labels: Mapping[str, str] = NO_LABELS) -> S | None:
    """The data in this shape, or None and its faults, which call fields by these labels."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        faults.extend(locate(each["loc"], _words(each, data, labels)) for each in error.errors(include_input=False))
        return None


def _words(error: ErrorDetails, data: Any, labels: Mapping[str, str]) -> str:
    name = next((part for part in reversed(error["loc"]) if isinstance(part, str)), "the file")
    field = labels.get(name, name)
    if error["type"] == "value_error":
        return f"{field}: {error['ctx']['error']}"
    if error["type"] == "extra_forbidden":
        return f"{quoted_word(field) or 'What stands here'} is not known here."
    if _value_at(data, error["loc"]) is None and error["type"] != "missing":
        return f"'{field}' has nothing behind it. To empty it, write \"\" or []; to leave it as it is, leave the line out."
    plain = PLAIN.get(error["type"])
    return str(plain % {"field": field, **error.get("ctx", {})}) if plain else f"'{field}': {error['msg']}."


def _value_at(data: Any, place: SourcePlace) -> Any:
    for part in place:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
    return data


def _at(locate: Locate, place: SourcePlace) -> Callable[[str, str], FileFault]:
    return lambda field, text: locate((*place, field), text)


def _on_line(name: str, line: int) -> Callable[[str, str], FileFault]:
    return lambda _, text: FileFault(name, line, text)
