"""A running ESWS service, asked for groups and users over SOAP: what it answers, as rows of texts. `esws_people` reads them."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from doorsync.hub.users.errors import UserError

PER_PAGE = 1000
WITHIN = 120  # seconds for one answer
MOST = 64 * 1024 * 1024  # bytes of one answer
HERE = ("localhost", "127.0.0.1", "::1")
ENVELOPE = (
    '<soapenv:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:uen="uen:esws"><soapenv:Header/><soapenv:Body>'
    '<uen:{name} soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">{values}</uen:{name}>'
    "</soapenv:Body></soapenv:Envelope>"
)
Row = dict[str, str]


class EswsNotRead(UserError):
    """The ESWS service could not be read."""


@dataclass(frozen=True, slots=True)
class EswsService:
    """The service at this address, for the company with this code."""

    address: str
    code: str = field(repr=False)

    def groups(self) -> list[Row]:
        """GroupId and GroupName of each group. Raises EswsNotRead."""
        return self._rows("getGroups", ("p_locationID", ""))

    def users(self) -> Iterator[Row]:
        """All users, page by page. Raises EswsNotRead."""
        page, first = 1, ""
        while rows := self._rows("getUsers", ("p_page", str(page)), *EVERYBODY):
            if rows[0].get("UserId") == first:
                raise EswsNotRead("The ESWS service gives the same page of users again and again.")
            yield from rows
            if len(rows) < PER_PAGE:
                return
            page, first = page + 1, rows[0].get("UserId", "")

    def _rows(self, operation: str, *values: tuple[str, str]) -> list[Row]:
        body = _envelope(operation, [("p_companyID", self.code), *values])
        return _checked(_read(_answer(self.address, operation, body)))


EVERYBODY = (("p_locationID", ""), ("p_userId", ""), ("p_addTimeToDate", "1"))


def service_at(address: str, code: str) -> EswsService:
    """The service at an address as its documentation prints it, with or without ?wsdl. Raises EswsNotRead."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise EswsNotRead("Write the address of the ESWS service whole, such as https://ws.example.com/webservicesesws.")
    if parts.scheme == "http" and parts.hostname not in HERE:
        raise EswsNotRead("The security code is not sent over http: write the address with https.")
    return EswsService(f"{parts.scheme}://{parts.netloc}{parts.path}", code)


def _envelope(operation: str, values: Sequence[tuple[str, str]]) -> bytes:
    elements = "".join(f'<{name} xsi:type="xsd:string">{escape(value)}</{name}>' for name, value in values)
    return ENVELOPE.format(name=f"Esws.{operation}", values=elements).encode()


def _answer(address: str, operation: str, body: bytes) -> bytes:
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"uen:esws#Esws.{operation}"'}
    request = urllib.request.Request(address, body, headers)  # noqa: S310 - http or https, see service_at
    try:
        with urllib.request.urlopen(request, timeout=WITHIN) as response:  # noqa: S310 - as above
            found: bytes = response.read(MOST + 1)
    except urllib.error.HTTPError as error:
        raise EswsNotRead(f"The ESWS service refused {operation} (HTTP {error.code}).") from None
    except (OSError, HTTPException) as error:
        raise EswsNotRead(f"The ESWS service does not answer: {type(error).__name__}.") from None
    if len(found) > MOST:
        raise EswsNotRead(f"The answer to {operation} is larger than {MOST // 1024 // 1024} MiB.")
    return found


def _read(answer: bytes) -> list[Row]:
    """The items of the returned array, each field by its name."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(answer, parser)
    except etree.XMLSyntaxError:
        raise EswsNotRead("The answer of the ESWS service is no XML: is the address right?") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise EswsNotRead("The answer of the ESWS service has a document type declaration.")
    returned = next(root.iter("{*}return"), None)
    if returned is None:
        raise EswsNotRead("The answer of the ESWS service is no answer of ESWS: is the address right?")
    return [{etree.QName(each).localname: "".join(each.itertext()) for each in item} for item in returned]


def _checked(rows: list[Row]) -> list[Row]:
    """The rows, unless the first of them carries an error in the place of an id. Raises EswsNotRead."""
    said = next(iter(rows[0].values()), "").strip() if rows else ""
    if said and not said.isdecimal():
        shown = said if len(said) <= 100 and said.isascii() and said.isprintable() else "an error"
        raise EswsNotRead(f"The ESWS service says {shown}.")
    return rows
