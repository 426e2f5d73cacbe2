"""Requests as clients that do not run here put them on the wire, odd forms and all; the values are filled in.

Each was written down from what the client was seen to send: its prefixes, types, headers and version of HTTP.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.factories.soap import ENVELOPE, text

NAMES = ("p_companyID", "p_adminUsername", "p_adminPassword")
OPERATION = "Esws.getTotalSyncToken"
ACTION = f'"uen:esws#{OPERATION}"'
ENC = "http://schemas.xmlsoap.org/soap/encoding/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
TYPED = ' xsi:type="xsd:string"'
Values = tuple[str, str, str]


@dataclass(frozen=True)
class Recorded:
    """One client's request. `body` gets the three values; `encoding` is what it really sends, whatever it declares."""

    body: Callable[[Values], str]
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/xml; charset=utf-8"
    encoding: str = "utf-8"
    http: str = "1.1"
    chunked: bool = False

    def request(self, values: Values, path: str) -> bytes:
        body = self.body(values).encode(self.encoding, "xmlcharrefreplace")
        framing = {"Transfer-Encoding": "chunked"} if self.chunked else {"Content-Length": str(len(body))}
        headers = {"Content-Type": self.content_type, "Connection": "close", **self.headers, **framing}
        lines = [f"POST {path} HTTP/{self.http}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1") + (_chunks(body) if self.chunked else body)


def _chunks(body: bytes) -> bytes:
    parts = [body[start : start + 100] for start in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])


def _named(values: Values, attributes: str = "", prefix: str = "") -> str:
    return "".join(
        f"<{prefix}{name}{attributes}>{text(value)}</{prefix}{name}>" for name, value in zip(NAMES, values, strict=True)
    )


def _axis_dynamic(values: Values) -> str:
    inside = "".join(
        f'<ns1:arg{n} xsi:type="soapenc:string" xmlns:soapenc="{ENC}">{text(value)}</ns1:arg{n}>'
        for n, value in enumerate(values)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns:xsd="{XSD}" '
        f'xmlns:xsi="{XSI}"><soapenv:Body><ns1:{OPERATION} soapenv:encodingStyle="{ENC}" xmlns:ns1="uen:esws">'
        f"{inside}</ns1:{OPERATION}></soapenv:Body></soapenv:Envelope>"
    )


def _axis_stub(values: Values) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns:xsd="{XSD}" '
        f'xmlns:xsi="{XSI}"><soapenv:Body><ns1:{OPERATION} soapenv:encodingStyle="{ENC}" xmlns:ns1="uen:esws">'
        f"{_named(values, TYPED)}</ns1:{OPERATION}></soapenv:Body></soapenv:Envelope>"
    )


def _soap_lite(values: Values, *, packed: bool) -> str:
    inside = "".join(_gensym(number, value, packed=packed) for number, value in zip((3, 5, 7), values, strict=True))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope soap:encodingStyle="{ENC}" xmlns:soap="{ENVELOPE}" '
        f'xmlns:soapenc="{ENC}" xmlns:xsd="{XSD}" xmlns:xsi="{XSI}"><soap:Body><{OPERATION} xmlns="uen:esws">'
        f"{inside}</{OPERATION}></soap:Body></soap:Envelope>"
    )


def _gensym(number: int, value: str, *, packed: bool) -> str:
    kind, content = ("base64Binary", base64.b64encode(value.encode()).decode()) if packed else ("string", text(value))
    return f'<c-gensym{number} xsi:type="xsd:{kind}">{content}</c-gensym{number}>'


def _mono(values: Values) -> str:
    name = OPERATION.replace(".", "")
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{ENVELOPE}" xmlns:soapenc="{ENC}" '
        f'xmlns:tns="uen:esws" xmlns:xsi="{XSI}" xmlns:xsd="{XSD}"><soap:Body soap:encodingStyle="{ENC}"><tns:{name}>'
        f"{_named(values, TYPED)}</tns:{name}></soap:Body></soap:Envelope>"
    )


def _pysimplesoap(values: Values) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{ENVELOPE}" xmlns:xsd="{XSD}" '
        f'xmlns:xsi="{XSI}">\n<soap:Header/>\n<soap:Body>\n    <{OPERATION} xmlns="uen:esws">\n    '
        f"{_named(values)}</{OPERATION}>\n</soap:Body>\n</soap:Envelope>"
    )


def _nusoap(values: Values) -> str:
    return (
        f'<?xml version="1.0" encoding="ISO-8859-1"?><SOAP-ENV:Envelope SOAP-ENV:encodingStyle="{ENC}" '
        f'xmlns:SOAP-ENV="{ENVELOPE}" xmlns:xsd="{XSD}" xmlns:xsi="{XSI}" xmlns:SOAP-ENC="{ENC}"><SOAP-ENV:Body>'
        f'<ns4711:{OPERATION} xmlns:ns4711="uen:esws">{_named(values, TYPED)}'
        f"</ns4711:{OPERATION}></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


def _suds(values: Values) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:ns0="uen:esws" xmlns:ns1="{XSD}" '
        f'xmlns:ns2="{ENVELOPE}" xmlns:xsi="{XSI}" xmlns:SOAP-ENV="{ENVELOPE}" SOAP-ENV:encodingStyle="{ENC}">'
        f"<SOAP-ENV:Header/><ns2:Body><ns0:{OPERATION}>{_named(values, TYPED.replace('xsd:', 'ns1:'))}"
        f"</ns0:{OPERATION}></ns2:Body></SOAP-ENV:Envelope>"
    )


def _gsoap(values: Values) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{ENVELOPE}" xmlns:SOAP-ENC="{ENC}" '
        f'xmlns:xsi="{XSI}" xmlns:xsd="{XSD}" xmlns:ns1="uen:esws"><SOAP-ENV:Body SOAP-ENV:encodingStyle="{ENC}">'
        f"<ns1:{OPERATION}>{_named(values)}</ns1:{OPERATION}></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


def _gsoap_shared(values: Values) -> str:
    """The same text in two parameters is sent once, and referred to."""
    targets = "".join(f'<id{n} id="_{n}" xsi:type="xsd:string">{text(value)}</id{n}>' for n, value in enumerate(values))
    inside = "".join(f'<{name} href="#_{n}"/>' for n, name in enumerate(NAMES))
    return _gsoap(("", "", "")).replace(_named(("", "", "")), inside).replace("</SOAP-ENV:Body>", f"{targets}</SOAP-ENV:Body>")


def _strong_soap(values: Values) -> str:
    lines = "".join(f"\n      <{name}>{text(value)}</{name}>" for name, value in zip(NAMES, values, strict=True))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<soap:Envelope xmlns:soap="{ENVELOPE}">\n'
        f'  <soap:Header/>\n  <soap:Body>\n    <ns1:{OPERATION} xmlns:ns1="uen:esws">{lines}\n    </ns1:{OPERATION}>\n'
        f"  </soap:Body>\n</soap:Envelope>"
    )


def _kdsoap(values: Values) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{ENVELOPE}" xmlns:soap-enc="{ENC}" '
        f'xmlns:xsd="{XSD}" xmlns:xsi="{XSI}" soap:encodingStyle="{ENC}"><soap:Body><n1:{OPERATION} xmlns:n1="uen:esws">'
        f"{_named(values, TYPED)}</n1:{OPERATION}></soap:Body></soap:Envelope>\n"
    )


def _soap_12(values: Values) -> str:
    return _axis_stub(values).replace(ENVELOPE, "http://www.w3.org/2003/05/soap-envelope")


def _with_headers(values: Values) -> str:
    """WS-Addressing and WS-Security, as frameworks add them without being asked."""
    header = (
        '<SOAP-ENV:Header><a:Action xmlns:a="http://www.w3.org/2005/08/addressing">x</a:Action><w:Security '
        'xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" '
        'SOAP-ENV:mustUnderstand="0"/></SOAP-ENV:Header>'
    )
    return _gsoap(values).replace("<SOAP-ENV:Body", f"{header}<SOAP-ENV:Body")


def _savon(values: Values) -> str:
    """Ruby's symbols for names, which it writes in camel case."""
    inside = _named(values).replace("p_companyID", "pCompanyID").replace("p_admin", "pAdmin")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:xsd="{XSD}" xmlns:xsi="{XSI}" xmlns:tns="uen:esws" '
        f'xmlns:env="{ENVELOPE}"><env:Body><tns:{OPERATION}>{inside}</tns:{OPERATION}></env:Body></env:Envelope>'
    )


def _soap_12_by_action(values: Values) -> str:
    return _mono(values).replace(ENVELOPE, "http://www.w3.org/2003/05/soap-envelope")


LATIN = "text/xml; charset=ISO-8859-1"
RECORDED = {
    "Axis without a stub": Recorded(_axis_dynamic, {"SOAPAction": '""'}, http="1.0"),
    "Axis stub": Recorded(_axis_stub, {"SOAPAction": ACTION}, encoding="ascii", http="1.0"),
    "SOAP::Lite": Recorded(
        lambda v: _soap_lite(v, packed=False), {"SOAPAction": ACTION, "TE": "deflate,gzip;q=0.3", "Connection": "TE, close"}
    ),
    "SOAP::Lite with text that is not ASCII": Recorded(
        lambda v: _soap_lite(v, packed=True), {"SOAPAction": f'"uen:esws#{OPERATION}"'}
    ),
    "Mono": Recorded(_mono, {"SOAPAction": ACTION}),
    "Mono, other address in SOAPAction": Recorded(
        _mono, {"SOAPAction": f'"https://hub.example.com/webservicesesws/{OPERATION}"'}
    ),
    "pysimplesoap": Recorded(_pysimplesoap, {"SOAPAction": f"uen:esws#{OPERATION}"}, 'text/xml; charset="UTF-8"'),
    "NuSOAP in Latin-1": Recorded(_nusoap, {"SOAPAction": ACTION}, LATIN, encoding="latin-1", http="1.0"),
    "NuSOAP that was handed UTF-8": Recorded(_nusoap, {"SOAPAction": '""'}, LATIN, http="1.0"),
    "a Windows program that says Latin-1": Recorded(_nusoap, {"SOAPAction": ""}, LATIN, encoding="cp1252"),
    "Savon with symbols": Recorded(_savon, {"SOAPAction": ACTION}, "text/xml;charset=UTF-8"),
    "a client of SOAP 1.2 that drops the dot": Recorded(
        _soap_12_by_action, content_type=f"application/soap+xml; charset=utf-8; action={ACTION}"
    ),
    "suds": Recorded(_suds, {"SOAPAction": ACTION}),
    "gSOAP": Recorded(_gsoap, {"SOAPAction": ACTION}),
    "gSOAP with shared values": Recorded(_gsoap_shared, {"SOAPAction": ACTION}),
    "strong-soap": Recorded(_strong_soap, {"SOAPAction": ACTION}, "text/xml;charset=utf-8"),
    "KDSoap": Recorded(_kdsoap, {"SoapAction": "uen:esws/x", "Accept-Encoding": "compress"}, "text/xml;charset=utf-8"),
    "a client of SOAP 1.2": Recorded(_soap_12, content_type=f"application/soap+xml; charset=utf-8; action={ACTION}"),
    "a client with headers of its own": Recorded(_with_headers, {"SOAPAction": ACTION}),
    "a client that sends chunks": Recorded(_gsoap, {"SOAPAction": ACTION, "Host": "x"}, chunked=True),
    "a client that starts with a mark": Recorded(lambda v: "\ufeff" + _suds(v), {"SOAPAction": ""}),
    "a client that starts with a line break": Recorded(lambda v: "\r\n" + _suds(v), {"SOAPAction": ""}),
    "a client without any header": Recorded(_gsoap, content_type="", http="1.0"),
}
