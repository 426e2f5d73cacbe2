"""Messages that mean harm: each with the fault that it must get. Big ones are made when they are needed."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field

from doorsync.hub.esws import errors
from doorsync.hub.esws.errors import Fault
from tests.factories.soap import ENVELOPE, call, envelope, parameters

EMPTY, URI, NOT_REALLY = '""', '"u"', '<x s:mustUnderstand="0"/>'
ROOM = 2 * 1024 * 1024 - 2000  # how much fits into a message beside its envelope


@dataclass(frozen=True)
class Traps:
    """A file and an address that a message may try to reach. Whoever opens the file waits for ever."""

    file: str
    port: int


@dataclass(frozen=True)
class Hostile:
    """A message and what it gets."""

    fault: type[Fault]
    body: bytes | Callable[[Traps], bytes | str]
    content_type: str = "text/xml; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)

    def made(self, traps: Traps) -> bytes:
        body = self.body if isinstance(self.body, bytes) else self.body(traps)
        return body if isinstance(body, bytes) else body.encode()


def in_password(inside: str) -> str:
    return call(parameters(p_adminPassword="HERE").replace("HERE", inside))


def with_dtd(inside: str, value: str = "x", outside: str = "") -> str:
    return f"<!DOCTYPE e{outside}[{inside}]>" + in_password(value)


def repeated(part: str) -> str:
    return part * (ROOM // len(part))


def numbered(part: str, count: int) -> str:
    return "".join(part.format(number) for number in range(count))


def with_attributes(count: int) -> str:
    return in_password("<a" + numbered(f" a{{}}={EMPTY}", count) + "/>")


def with_namespaces(count: int) -> str:
    return in_password("<a" + numbered(f" xmlns:a{{}}={URI}", count) + "/>")


def laughs() -> str:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!ENTITY l0 "lol">{lines}'


def deep_namespaces() -> str:
    """Levels full of namespaces, and below them elements that look theirs up."""
    levels = "".join(f"<a{numbered(f' xmlns:p{level}n{{}}={URI}', 20)}>" for level in range(200))
    return in_password(f"{levels}{'<p0n0:x/>' * 20_000}{'</a>' * 200}")


ENTITIES = {
    "billion laughs": Hostile(errors.TooComplex, lambda _: with_dtd(laughs(), "&l11;")),
    "billion laughs in an attribute": Hostile(errors.TooComplex, lambda _: f'<!DOCTYPE e [{laughs()}]><e a="&l11;"/>'),
    "quadratic blow-up": Hostile(
        errors.TooComplex, lambda _: f'<!DOCTYPE e [<!ENTITY a "{"x" * 100_000}">]><e a="{"&a;" * 2000}"/>'
    ),
    "quadratic blow-up in a value": Hostile(
        errors.TooComplex, lambda _: with_dtd(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 2000)
    ),
    "entity that cuts a value": Hostile(errors.Doctype, lambda _: with_dtd('<!ENTITY x "">', "pass&x;wrod")),
    "entity that names itself": Hostile(errors.Malformed, lambda _: '<!DOCTYPE e [<!ENTITY a "&a;">]><e a="&a;"/>'),
    "entity without a declaration": Hostile(errors.Malformed, lambda _: in_password("&nbsp;")),
    "entity of a file": Hostile(errors.Doctype, lambda t: with_dtd(f'<!ENTITY x SYSTEM "file://{t.file}">', "&x;")),
    "entity of a file in UTF-16": Hostile(
        errors.Doctype, lambda t: with_dtd(f'<!ENTITY x SYSTEM "file://{t.file}">', "&x;").encode("utf-16")
    ),
    "entity of an address": Hostile(
        errors.Doctype, lambda t: with_dtd(f'<!ENTITY x SYSTEM "http://127.0.0.1:{t.port}/">', "&x;")
    ),
    "parameter entity of a file": Hostile(errors.Doctype, lambda t: with_dtd(f'<!ENTITY % x SYSTEM "file://{t.file}"> %x;')),
    "parameter entity of an address": Hostile(
        errors.Doctype, lambda t: with_dtd(f'<!ENTITY % x SYSTEM "http://127.0.0.1:{t.port}/"> %x;')
    ),
    "rules in a file": Hostile(errors.Doctype, lambda t: with_dtd("", outside=f' SYSTEM "file://{t.file}"')),
    "rules at an address": Hostile(errors.Doctype, lambda t: with_dtd("", outside=f' PUBLIC "x" "http://127.0.0.1:{t.port}/"')),
    "bare doctype": Hostile(errors.Doctype, lambda _: f"<!DOCTYPE e>{call(parameters())}"),
    "doctype behind a comment": Hostile(errors.Doctype, lambda _: f"<!-- --><?x?>\n<!DOCTYPE e>{call(parameters())}"),
    "rules that give attributes": Hostile(errors.Doctype, lambda _: with_dtd('<!ATTLIST e a CDATA "x">')),
    "90,000 entities": Hostile(errors.TooComplex, lambda _: with_dtd(numbered('<!ENTITY e{} "">', 90_000))),
    "40,000 entities": Hostile(errors.Doctype, lambda _: with_dtd(numbered('<!ENTITY e{} "x">', 40_000))),
}
ENCODINGS = {
    "UTF-7 in the declaration": Hostile(
        errors.UnknownEncoding, b'<?xml version="1.0" encoding="UTF-7"?>+ADw-e/+AD4-', content_type="text/xml"
    ),
    "UTF-7 in the header": Hostile(errors.UnknownEncoding, b"+ADw-e/+AD4-", content_type="text/xml; charset=utf-7"),
    "UTF-7 in a second declaration": Hostile(
        errors.SecondDeclaration, b'<?xml version="1.0"?><?xml version="1.0" encoding="UTF-7"?>+ADw-e/+AD4-'
    ),
    "UTF-32": Hostile(errors.UnknownEncoding, lambda _: call(parameters()).encode("utf-32"), content_type="text/xml"),
    "EBCDIC": Hostile(errors.OtherThanXml, lambda _: call(parameters()).encode("cp037"), content_type="text/xml"),
    "EBCDIC by name": Hostile(
        errors.UnknownEncoding, lambda _: call(parameters()).encode("cp037"), content_type="text/xml; charset=cp037"
    ),
    "an encoding that nobody knows": Hostile(errors.UnknownEncoding, b"<e/>", content_type="text/xml; charset=foo"),
    "a codec that is no encoding": Hostile(errors.UnknownEncoding, b"<e/>", content_type="text/xml; charset=zlib"),
    "broken UTF-8": Hostile(errors.OtherEncoding, lambda _: call(parameters()).encode() + b"\xff"),
    "a sign in too many bytes": Hostile(errors.OtherThanXml, lambda _: call(parameters()).encode().replace(b"<", b"\xc0\xbc", 1)),
    "half a surrogate pair": Hostile(
        errors.OtherEncoding, lambda _: in_password("HERE").encode().replace(b"HERE", b"\xed\xa0\x80")
    ),
    "cut UTF-16": Hostile(errors.OtherEncoding, lambda _: call(parameters()).encode("utf-16")[:-1]),
    "NUL": Hostile(errors.ForbiddenCharacter, lambda _: in_password("pass\0wrod")),
    "NUL by number": Hostile(errors.ForbiddenCharacter, lambda _: in_password("pass&#0;wrod")),
    "a number beyond all signs": Hostile(errors.Malformed, lambda _: in_password("&#x110000;")),
}
SIZES = {
    "300 levels": Hostile(errors.TooComplex, lambda _: in_password("<a>" * 300 + "</a>" * 300)),
    "100,000 levels": Hostile(errors.TooComplex, lambda _: "<a>" * 100_000 + "</a>" * 100_000),
    "500,000 elements": Hostile(errors.TooComplex, lambda _: in_password(repeated("<a/>"))),
    "as many elements as allowed": Hostile(errors.WrongValue, lambda _: in_password(repeated(f"<a/>{' ' * 40}"))),
    "160,000 attributes": Hostile(errors.TooComplex, lambda _: with_attributes(160_000)),
    "as many attributes as allowed": Hostile(errors.TooComplex, lambda _: with_attributes(49_900)),
    "65 attributes": Hostile(errors.TooComplex, lambda _: with_attributes(65)),
    "80,000 namespaces": Hostile(errors.TooComplex, lambda _: with_namespaces(80_000)),
    "as many namespaces as allowed": Hostile(errors.TooComplex, lambda _: with_namespaces(4_900)),
    "65 namespaces": Hostile(errors.TooComplex, lambda _: with_namespaces(65)),
    "namespaces on 200 levels": Hostile(errors.WrongValue, lambda _: deep_namespaces()),
    "5 MB of text": Hostile(errors.TooLarge, lambda _: in_password("x" * 5_000_000)),
    "an attribute of 11 MB": Hostile(errors.TooLarge, lambda _: in_password(f'<a b="{"x" * 11_000_000}"/>')),
    "a name that does not end": Hostile(errors.TooComplex, lambda _: f"<{'a' * ROOM}/>"),
    "a comment that does not end": Hostile(errors.Malformed, lambda _: f"<!-- {'- ' * (ROOM // 2)}"),
    "a CDATA section that does not end": Hostile(errors.Malformed, lambda _: in_password(f"<![CDATA[{']' * ROOM}")),
    "180,000 comments": Hostile(errors.TooComplex, lambda _: in_password(repeated("<!--x-->"))),
    "as many instructions as allowed": Hostile(errors.WrongValue, lambda _: in_password(f"<b/>{'<?a b?>' * 49_000}")),
    "20,000 headers": Hostile(errors.NoEnvelope, lambda _: envelope("", header=f"<s:Header>{NOT_REALLY * 20_000}</s:Header>")),
    "40,000 parameters": Hostile(errors.GivenTwice, lambda _: call("<x/>" * 40_000 + parameters() + parameters())),
    "20,000 targets": Hostile(
        errors.BrokenReference,
        lambda _: envelope(
            '<uen:Esws.getTotalSyncToken><a href="#no"/></uen:Esws.getTotalSyncToken>' + numbered('<m id="i{}"/>', 20_000)
        ),
    ),
}
MEANINGS = {
    "nothing": Hostile(errors.Empty, b""),
    "a page": Hostile(errors.Html, b"<!doctype html>".upper() + b"<html/>"),
    "JSON": Hostile(errors.Json, b'{"Envelope": {}}', content_type="application/json"),
    "a multipart message": Hostile(
        errors.Attachments,
        lambda _: f"--b\r\nContent-Type: text/xml\r\n\r\n{call(parameters())}\r\n--b--",
        content_type="multipart/related",
    ),
    "two roots": Hostile(errors.Malformed, lambda _: call(parameters()) * 2),
    "another version": Hostile(errors.OtherVersion, lambda _: envelope("<a/>", version="urn:soap:9")),
    "an empty body": Hostile(errors.NoEnvelope, lambda _: envelope("")),
    "a header that must be understood": Hostile(
        errors.NotUnderstood, lambda _: envelope("<a/>", header='<s:Header><a s:mustUnderstand="1"/></s:Header>')
    ),
    "an unknown operation": Hostile(errors.NoSuchOperation, lambda _: call("", "Esws." + "x" * 10_000)),
    "an operation by SOAPAction only": Hostile(
        errors.NoSuchOperation, lambda _: call(parameters(), "Esws.no"), headers={"soapaction": '"uen:esws#__init__"'}
    ),
    "a parameter twice": Hostile(errors.GivenTwice, lambda _: call(parameters() + "<p_adminUsername>root</p_adminUsername>")),
    "a parameter twice in two namespaces": Hostile(
        errors.GivenTwice, lambda _: call(f"<uen:p_adminUsername>root</uen:p_adminUsername>{parameters()}")
    ),
    "an element inside a value": Hostile(errors.WrongValue, lambda _: in_password("pass<b>w</b>rod")),
    "an array of a thousand million": Hostile(
        errors.WrongValue,
        lambda _: in_password(
            f'<i xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" e:arrayType="xsd:string[999999999]">{ENVELOPE}</i>'
        ),
    ),
    "an inclusion of a file": Hostile(
        errors.BrokenReference,
        lambda t: in_password(f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text" href="file://{t.file}"/>'),
    ),
    "a reference to itself": Hostile(
        errors.BrokenReference,
        lambda _: envelope('<uen:Esws.getTotalSyncToken id="1"><a href="#1"/></uen:Esws.getTotalSyncToken>'),
    ),
    "references in a circle": Hostile(
        errors.BrokenReference,
        lambda _: envelope(
            '<uen:Esws.getTotalSyncToken><a href="#1"/></uen:Esws.getTotalSyncToken><m id="1" href="#2"/><m id="2" href="#1"/>'
        ),
    ),
    "references that grow without end": Hostile(
        errors.TooComplex,
        lambda _: envelope(
            "<uen:Esws.getTotalSyncToken/>"
            + "".join(f'<m id="m{n}">' + f'<i href="#m{n + 1}"/>' * 9 + "</m>" for n in range(9))
            + "<m id='m9'>x</m>"
        ),
    ),
    "references in a circle inside structs": Hostile(
        errors.BrokenReference,
        lambda _: envelope('<uen:Esws.getTotalSyncToken/><m id="1"><i href="#2"/></m><m id="2"><i href="#1"/></m>'),
    ),
    "a long text referred to often": Hostile(
        errors.TooComplex,
        lambda _: envelope(
            "<uen:Esws.getTotalSyncToken>"
            + '<a href="#1"/>' * 16_000
            + f'</uen:Esws.getTotalSyncToken><m id="1">{"x" * 1_000_000}</m>'
        ),
    ),
    "a reference to a file": Hostile(errors.BrokenReference, lambda t: call(f'<p_companyID href="file://{t.file}"/>')),
    "a reference to an address": Hostile(
        errors.BrokenReference, lambda t: call(f'<p_companyID href="http://127.0.0.1:{t.port}/"/>')
    ),
    "a schema at an address": Hostile(
        errors.NoSuchOperation, lambda t: envelope(f'<a xsi:schemaLocation="u http://127.0.0.1:{t.port}/ v file://{t.file}"/>')
    ),
    "NUL in base64": Hostile(
        errors.WrongValue,
        lambda _: call(f'<p_companyID xsi:type="xsd:base64Binary">{base64.b64encode(b"a" + bytes(1)).decode()}</p_companyID>'),
    ),
    "broken base64": Hostile(errors.WrongValue, lambda _: call('<p_companyID xsi:type="xsd:base64Binary">%%%</p_companyID>')),
    "compressed and said so": Hostile(
        errors.Compressed, lambda _: gzip.compress(bytes(1_000_000)), headers={"content-encoding": "gzip"}
    ),
    "compressed and not said so": Hostile(errors.Compressed, lambda _: gzip.compress(call(parameters()).encode(), mtime=0)),
}
CORPUS = ENTITIES | ENCODINGS | SIZES | MEANINGS
