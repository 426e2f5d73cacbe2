"""Files that people hand in: ordinary ones of a bounded size, as text whose encoding is known and never guessed."""

from __future__ import annotations

import codecs
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from doorsync.hub.users.files.file_faults import FileFault, FileFaults

LARGEST = 64 * 1024 * 1024  # bytes
MARKS = (  # the longer one of two with the same beginning first
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DOS_END = re.compile(r"\x1a[\x1a\r\n]*\Z")  # Ctrl-Z, by which DOS programs say that a text ends; some fill a block with it
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # as xlsx and ods begin, and xls
COMPRESSED = (
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf\x27\x1c",
    b"\xfd7zXZ\0",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
)  # gzip, bzip2, 7z, xz, RAR, zstd
DOCUMENTS = (b"%PDF-", b"{\\rtf")
KNOWN = re.compile(
    r"utf_(8|16|32)(_[lb]e)?|utf_8_sig|cp\d{3,4}|iso8859_\d{1,2}|koi8_[rtu]|mac_\w+|big5(hkscs)?|gb(2312|k|18030)|euc_(jp|kr)"
    r"|shift_jis|johab|tis_620|hz|ascii|latin_1"
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request: its name, and what is in it."""

    name: str
    data: bytes = field(repr=False)


Source = Path | Upload


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file, and the encoding as which it was read.

    `named` is the encoding that somebody had to name, or empty: then the text itself said so.
    """

    name: str
    content: str
    named: str = ""
    encoding: str = "UTF-8"


def read_text(path: Source, encoding: str = "", *, nameable: bool = True) -> Text:
    """UTF-8, or what the mark at its beginning says, or the encoding that is named, where it can be. Raises FileFaults."""
    data = _read(path)
    marked = next((encoding for mark, encoding in MARKS if data.startswith(mark)), "")
    if marked:
        if encoding and _known(path, encoding).split("_")[:2] != re.split("[-_]", marked)[:2]:
            raise _fault(path, _marked(path) % {"mark": marked.upper()[:6]})
        return Text(path.name, _decoded(path, data, marked), encoding=marked.removesuffix("-sig").upper())
    if not encoding:
        return Text(path.name, _decoded(path, data, "utf-8", nameable=nameable))
    known = _known(path, encoding)
    known = "utf_16_be" if known == "utf_16" and data.startswith(b"\0") else known  # no mark, and a first letter of ASCII
    return Text(path.name, _decoded(path, data, known), encoding, encoding)


def file_inside(folder: Path, name: str) -> Path | None:
    """The file of this name in the folder or below it, or None when the name leads out of it, by a link too."""
    try:
        found = (folder / name).resolve()
        return found if not Path(name).is_absolute() and found.is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError, ValueError):  # a ring of links, or a name that no file has
        return None


def _read(path: Source) -> bytes:
    data = path.data if isinstance(path, Upload) else _on_disk(path)
    if len(data) > LARGEST:
        raise _fault(path, _("The file is larger than %(n)s MiB. Part it.") % {"n": LARGEST // 1024**2})
    if data.startswith(SPREADSHEETS):
        raise _fault(path, _("This is a spreadsheet's own file. Open it there and save it as 'CSV UTF-8'."))
    if data.startswith(COMPRESSED):
        raise _fault(path, _("This is a compressed file. Unpack it, and take the CSV file that is in it."))
    if data.startswith(DOCUMENTS):
        raise _fault(
            path, _("This is a document and no CSV file. Save the list as 'CSV UTF-8' in the program that it comes from.")
        )
    return data


def _on_disk(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _fault(path, _("Not a regular file."))
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise FileFaults([FileFault(str(path), 0, _("The file cannot be read: %(why)s.") % {"why": error.strerror})]) from error
    except ValueError as error:  # NUL in its name
        raise FileFaults([FileFault("", 0, _("The file cannot be read: no file has such a name."))]) from error


def _known(path: Source, encoding: str) -> str:
    try:
        found = codecs.lookup(encoding).name.replace("-", "_")
    except (LookupError, ValueError):
        found = ""
    if not KNOWN.fullmatch(found):
        raise _fault(path, _("There is no such encoding. Some are: utf-8, utf-16, cp1250, cp1251, cp1252, latin-1, gb18030."))
    return found


def _decoded(path: Source, data: bytes, encoding: str, *, nameable: bool = True) -> str:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, UnicodeError) as error:
        at = getattr(error, "start", 0)
        raise FileFaults([FileFault(path.name, data[:at].count(b"\n") + 1, _why(path, encoding, nameable=nameable))]) from error
    if "\0" in text.partition("\n")[0] or text.count("\0") * 4 > len(text):  # the header is in ASCII, whatever the names are in
        raise _fault(path, _no_text(path))
    return DOS_END.sub("", text)


def _marked(path: Source) -> str:
    if isinstance(path, Upload):
        return _("The file begins with the mark of %(mark)s: choose “UTF-8, or as the file says”.")
    return _("The file begins with the mark of %(mark)s: leave --encoding out.")


def _no_text(path: Source) -> str:
    if isinstance(path, Upload):
        return _("This looks like UTF-16 without its mark, or like no text at all. Save it as UTF-8, or choose its encoding.")
    return _("This looks like UTF-16 without its mark, or like no text at all. Save it as UTF-8, or name its --encoding.")


def _why(path: Source, encoding: str, *, nameable: bool) -> str:
    if encoding == "utf-8" and not nameable:
        return _("The file is not UTF-8. Save it as UTF-8; --encoding is for the CSV file only.")
    if encoding == "utf-8" and isinstance(path, Upload):
        return _("The file is not UTF-8. Save it as 'CSV UTF-8', or choose its encoding.")
    if encoding == "utf-8":
        return _("The file is not UTF-8. Save it as 'CSV UTF-8', or say in which encoding it is: --encoding cp1252, for example.")
    if any(encoding == marked for __, marked in MARKS):
        told = encoding.removesuffix("-sig").upper()
        return _("The file is not valid text in %(encoding)s, though its mark says so. Save it again as 'CSV UTF-8'.") % {
            "encoding": told
        }
    return _("The file is not valid text in %(encoding)s. Name the encoding that it is in.") % {"encoding": encoding}


def _fault(path: Source, text: str) -> FileFaults:
    return FileFaults([FileFault(path.name, 0, text)])
