from __future__ import annotations

import pytest

from doorsync.hub.esws.charset import readings
from doorsync.hub.esws.errors import OtherEncoding, UnknownEncoding

PLAIN = "<a>ö€</a>"
LATIN = "<a>ö</a>"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PLAIN.encode(), "text/xml"),
        (PLAIN.encode(), ""),
        (PLAIN.encode(), 'text/xml;charset="UTF-8"'),
        (PLAIN.encode(), "text/xml; CHARSET=utf-8; action=x"),
        (PLAIN.encode("utf-8-sig"), "text/xml"),
        (PLAIN.encode("utf-16"), "text/xml"),
        (PLAIN.encode("utf-16"), "text/xml; charset=utf-16"),
        (PLAIN.encode("utf-16-le"), "text/xml"),
        (PLAIN.encode("utf-16-be"), "text/xml; charset=utf-8"),
        (PLAIN.encode("cp1252"), "text/xml; charset=Windows-1252"),
        (f'<?xml version="1.0" encoding="windows-1252"?>{PLAIN}'.encode("cp1252"), "text/xml"),
        (f"<?xml version='1.0' encoding='UTF-16'?>{PLAIN}".encode("utf-16"), "text/xml"),
        (f'<?xml version="1.0" encoding="utf-16"?>{PLAIN}'.encode(), "text/xml"),
        (f'<?xml version="1.0" encoding="iso-8859-1"?>{PLAIN}'.encode(), "text/xml; charset=utf-8"),
        (f'\r\n \t<?xml version="1.0"?>{PLAIN}'.encode(), "text/xml"),
        (f'\ufeff\n<?xml version="1.0"?>{PLAIN}'.encode(), "text/xml"),
    ],
)
def test_readings_of_other_encodings_are_one_text(body: bytes, content_type: str) -> None:
    assert [text.strip() for text in readings(body, content_type)] == [PLAIN]


def test_readings_of_latin_1_are_one_text() -> None:
    assert list(readings(LATIN.encode("latin-1"), "text/xml; charset=ISO-8859-1")) == [LATIN]


@pytest.mark.requirement("D-04", mutation="what Windows-1252 has in place of control characters is read as those")
def test_readings_of_windows_1252_declared_as_latin_1_are_one_text() -> None:
    assert list(readings(PLAIN.encode("cp1252"), "text/xml; charset=ISO-8859-1")) == [PLAIN]
    assert list(readings(b"<a>\x81</a>", "text/xml; charset=ISO-8859-1")) == ["<a>\x81</a>"]


def test_readings_of_utf_8_declared_as_latin_1_are_two_and_utf_8_comes_first() -> None:
    assert list(readings(LATIN.encode(), "text/xml; charset=ISO-8859-1")) == [LATIN, "<a>Ã¶</a>"]


def test_readings_of_ascii_declared_as_latin_1_are_one_text() -> None:
    assert list(readings(b"<a>o</a>", "text/xml; charset=ISO-8859-1")) == ["<a>o</a>"]


@pytest.mark.parametrize("name", ["utf-7", "UTF-32", "ebcdic-cp-us", "ibm037", "shift_jis", "foo", "utf-8x", "rot13", "idna"])
def test_readings_refuse_other_encodings_in_header_and_declaration(name: str) -> None:
    with pytest.raises(UnknownEncoding):
        list(readings(b"<a/>", f"text/xml; charset={name}"))
    with pytest.raises(UnknownEncoding):
        list(readings(f'<?xml version="1.0" encoding="{name}"?><a/>'.encode(), "text/xml; charset=utf-8"))
    with pytest.raises(UnknownEncoding):
        list(readings(f'<?xml version="1.0" encoding="{name}"?><a/>'.encode("utf-16"), "text/xml"))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<a>\xff</a>", "text/xml"),
        (b"<a>\xf6</a>", "text/xml; charset=us-ascii"),
        (b"<a>\x81</a>", "text/xml; charset=windows-1252"),
        (b"\xff\xfe<\0a\0\0\xd8>\0", "text/xml"),
    ],
)
def test_readings_refuse_bytes_that_are_not_of_the_encoding(body: bytes, content_type: str) -> None:
    with pytest.raises(OtherEncoding):
        list(readings(body, content_type))


def test_readings_leave_a_second_declaration_the_error_it_is() -> None:
    (text,) = readings(b'<?xml version="1.0"?><?xml version="1.0" encoding="UTF-7"?><a/>', "")

    assert text.lstrip(" ").startswith("<?xml")
    assert text.startswith(" ")
