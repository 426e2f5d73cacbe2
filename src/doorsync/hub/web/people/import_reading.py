"""How an uploaded file is read: by which encoding, separator and columns. Those are asked for, or else found or guessed."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.imports.parsing import CsvOptions
from doorsync.hub.imports.user_import import Import, prepare_import
from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.column_mappings import remember_columns, remembered_columns
from doorsync.hub.users.files.csv_header import COLUMNS, IGNORED, Header, read_header
from doorsync.hub.users.files.csv_table import separator_title
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.files.separators import Separator
from doorsync.hub.users.files.text_file import Text, read_text
from doorsync.hub.users.import_files import change_options, find_upload, upload_of
from doorsync.hub.users.models import ImportFile
from doorsync.hub.web.people.import_columns import file_columns, guessed
from doorsync.hub.web.people.import_forms import ReadingForm


def own_file(request: SignedInRequest, public_id: str) -> ImportFile:
    """The file of this id that whoever asks has uploaded. Raises Http404."""
    file = find_upload(public_id, request.signed_in.administrator.pk)
    if file is None or request.signed_in.administrator.limited:
        raise Http404
    return file


def read_anew(request: SignedInRequest, file: ImportFile, **changed: Any) -> None:
    """Change how it is read. What was shown before is not what would be taken now, and is not confirmed any more."""
    options = {**file.options, **changed, "losing": None, "revision": revision(file) + 1}
    change_options(file=file, options=options, actor=request.signed_in.actor)


def revision(file: ImportFile) -> int:
    """How many times its reading was changed."""
    return int(file.options.get("revision", 0))


def header_of(file: ImportFile) -> Header:
    """Its header; one without columns when it cannot be read."""
    try:
        return read_header(_text(file), _separator(file))
    except FileFaults:
        return Header(1, ())


def prepared(request: SignedInRequest, file: ImportFile) -> tuple[Import, str]:
    """The import of this file, and the encoding that had to be named. Raises FileFaults."""
    options = CsvOptions(
        encoding=file.options["encoding"],
        separator=_separator(file),
        cards=CardFormat(file.options["cards"] or CardFormat.DECIMAL),
        columns=_mapping(file),
    )
    return prepare_import(
        company=request.signed_in.company,
        path=upload_of(file),
        complete=file.options["complete"],
        actor=request.signed_in.actor,
        options=options,
    )


def remember_reading(request: SignedInRequest, file: ImportFile) -> None:
    """Propose the same columns for the company's next file with this header: this one was taken."""
    header, signed_in = header_of(file), request.signed_in
    columns = header.meanings(_mapping(file))
    remember_columns(company=signed_in.company, names=header.names, columns=columns, actor=signed_in.actor)


def reading_of(file: ImportFile) -> dict[str, Any]:
    """What the page of the file says of its reading, and the forms with which that is changed."""
    header = header_of(file)
    columns = file_columns(header, _mapping(file))
    return {
        "revision": revision(file),
        **_read_as(file),
        "reading": ReadingForm(initial={"encoding": file.options["encoding"], "separator": _separator(file) or ""}),
        "columns": columns,
        "remembered": _chosen(file) is None and columns != file_columns(header, guessed(header)),
        "ours": COLUMNS,
        "ignored": IGNORED,
        "unknown": any(not column.chosen for column in columns),
    }


def _text(file: ImportFile) -> Text:
    return read_text(upload_of(file), file.options["encoding"])


def _separator(file: ImportFile) -> Separator | None:
    named = file.options.get("separator")
    return Separator(named) if named else None


def _read_as(file: ImportFile) -> dict[str, str]:
    """Its encoding and separator, in words; nothing when it cannot be read."""
    try:
        text = _text(file)
    except FileFaults:
        return {}
    return {"encoding": text.encoding, "separator": separator_title(text, _separator(file))}


def _chosen(file: ImportFile) -> list[str] | None:
    columns = file.options["columns"]
    return columns if isinstance(columns, list) else None  # an older version kept it by name


def _mapping(file: ImportFile) -> list[str]:
    """As somebody chose it; before that, as the company last took such a file; before that, a guess."""
    if (chosen := _chosen(file)) is not None:
        return chosen
    header = header_of(file)
    remembered = remembered_columns(file.company, header.names)
    return guessed(header) if remembered is None else remembered
