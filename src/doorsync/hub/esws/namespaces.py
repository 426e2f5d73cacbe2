"""The names that SOAP 1.1 and the ESWS pages give to things: namespaces, the address, the return element."""

from __future__ import annotations

PATH = "/webservicesesws"
ESWS = "uen:esws"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ENVELOPE_12 = "http://www.w3.org/2003/05/soap-envelope"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
ENCODING_12 = "http://www.w3.org/2003/05/soap-encoding"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
RETURN = "return"
CONTENT_TYPE = "text/xml; charset=utf-8"


def leads_to_service(path: str) -> bool:
    """Whether this is the service's address, be it with a slash too many, as programs join it to one that ends in a slash."""
    return f"/{path.lstrip('/')}".removesuffix("/") == PATH
