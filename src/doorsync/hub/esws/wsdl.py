"""The WSDL, made from the operations' declarations: RPC/encoded, and its RPC/literal twin for clients that know no encoding."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from doorsync.hub.esws.declarations import Operation
from doorsync.hub.esws.elements import attribute, escaped
from doorsync.hub.esws.namespaces import ENCODING, ESWS, RETURN, WSDL, WSDL_SOAP, XSD
from doorsync.hub.esws.values import Type

TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
ARRAYS_QUERY = "wsdl=arrays"
ARRAYS = (
    f'<xsd:schema targetNamespace="{ENCODING}" xmlns:xsd="{XSD}"><xsd:attribute name="arrayType" type="xsd:string"/>'
    '<xsd:complexType name="Array"><xsd:sequence>'
    '<xsd:any namespace="##any" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>'
    "</xsd:sequence></xsd:complexType></xsd:schema>"
).encode()


def wsdl(operations: Mapping[str, Operation], address: str, *, literal: bool = False) -> bytes:
    """The description of the service at this address."""
    all_of_them = operations.values()
    parts = [
        _types(operations, address, literal=literal),
        *(_messages(each) for each in all_of_them),
        f'<portType name="EswsPortType">{"".join(_port(each) for each in all_of_them)}</portType>',
        f'<binding name="EswsBinding" type="tns:EswsPortType"><soap:binding style="rpc" transport="{TRANSPORT}"/>',
        *(_binding(each, literal=literal) for each in all_of_them),
        '</binding><service name="Esws"><port name="EswsPort" binding="tns:EswsBinding">',
        f"<soap:address location={attribute(address)}/></port></service>",
    ]
    opening = (
        f'<definitions name="Esws" targetNamespace="{ESWS}" xmlns="{WSDL}" xmlns:soap="{WSDL_SOAP}" '
        f'xmlns:tns="{ESWS}" xmlns:xsd="{XSD}">'
    )
    tree = etree.fromstring(opening + "".join(parts) + "</definitions>")
    etree.indent(tree)
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True)


def _types(operations: Mapping[str, Operation], address: str, *, literal: bool) -> str:
    """What the operations declare. SOAP-ENC's array is to be had here too: zeep would fetch it from the internet.

    It stands at an address of its own, because zeep looks for no imported namespace within a WSDL that came over HTTP.
    """
    declared: dict[str, str] = {}
    for kind in _kinds(operations):
        declared |= kind.declarations(literal=literal)
    if not declared:
        return ""
    imported = f'<xsd:import namespace="{ENCODING}" schemaLocation={attribute(f"{address}?{ARRAYS_QUERY}")}/>'
    return f'<types><xsd:schema targetNamespace="{ESWS}">{imported}{"".join(declared.values())}</xsd:schema></types>'


def _kinds(operations: Mapping[str, Operation]) -> list[Type]:
    return [kind for each in operations.values() for kind in (*(one.type for one in each.parameters), each.returns)]


def _messages(operation: Operation) -> str:
    parts = "".join(f'<part name="{each.name}" type="{each.type.name}"/>' for each in operation.parameters)
    result = f'<part name="{RETURN}" type="{operation.returns.name}"/>'
    return f'<message name="{operation.name}Request">{parts}</message><message name="{operation.name}Response">{result}</message>'


def _port(operation: Operation) -> str:
    ends = f'<input message="tns:{operation.name}Request"/><output message="tns:{operation.name}Response"/>'
    return f'<operation name="{operation.name}"><documentation>{escaped(operation.about)}</documentation>{ends}</operation>'


def _binding(operation: Operation, *, literal: bool) -> str:
    use = 'use="literal"' if literal else f'use="encoded" encodingStyle="{ENCODING}"'
    body = f'<soap:body {use} namespace="{ESWS}"/>'
    action = f'<soap:operation soapAction="{operation.action}" style="rpc"/>'
    return f'<operation name="{operation.name}">{action}<input>{body}</input><output>{body}</output></operation>'
