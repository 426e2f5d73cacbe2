"""Writes a reference page for each operation of the SOAP service from its declaration; a test sees that they are current."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorsync.hub.esws.declarations import Operation, Parameter
    from doorsync.hub.esws.values import Type

FOLDER = Path(__file__).parents[1] / "docs/reference/esws"
NAMESPACES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:uen="uen:esws"'
)
SAMPLES = {
    "p_companyID": "^4p;tU0Q+#dEIhTWkuj5FnLD^aKWqVu0",
    "p_adminUsername": "username",
    "p_adminPassword": "passwrod",
    "p_Id": "2179",
    "p_ID": "2179",
    "p_userId": "2179",
    "p_wsAltUserId": "M-1042",
    "p_ws_StoreId": "12",
    "p_Contractor_Code": "4711",
    "p_Contractor_name": "Harbour Builders",
    "p_PIN": "0042",
    "p_Achternaam": "Jansen",
    "p_Voornaam": "Anna",
    "p_Admin": "0",
    "p_Security": "0",
    "p_StartDate": "2026-12-01",
    "p_ExpireDate": "2027-11-30",
    "p_groupName": "Members",
    "p_groupId": "1",
    "p_groupUpdate": "1",
    "p_cardId": "036136500607727109",
    "p_usbCardId": "036136500607727109",
    "p_licensePlate": "12-AB-CD",
    "p_isVisitor": "0",
    "p_deletePicture": "1",
    "p_deleteTemplates": "0",
    "p_exportTimeFrom": "2026-11-27 00:00:00",
    "p_exportTimeTo": "2026-11-27 23:59:59",
    "p_exportIdFrom": "4712",
    "p_exportIdTo": "5711",
    "p_timeregistrationModules": "0",
}


def main() -> int:
    """Write all pages, and take away those of operations that are gone."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorsync.hub.settings.django")
    import django

    django.setup()
    FOLDER.mkdir(exist_ok=True)
    pages = reference_pages()
    for stale in {each.name for each in FOLDER.glob("*.md")} - pages.keys():
        (FOLDER / stale).unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text)
    return 0


def reference_pages() -> dict[str, str]:
    """The pages by the names of their files."""
    from doorsync.hub.esws.operations import OPERATIONS

    pages = {f"{name.removeprefix('Esws.')}.md": "\n".join(_page(each)) + "\n" for name, each in OPERATIONS.items()}
    listed = [f"| [{each.name}]({each.name.removeprefix('Esws.')}.md) | {each.about} |" for each in OPERATIONS.values()]
    head = [
        "# Operations of the SOAP service",
        "",
        "Made from the declarations. How to call them: [the SOAP service](../esws.md).",
        "",
    ]
    return pages | {"README.md": "\n".join([*head, "| operation | |", "|---|---|", *listed]) + "\n"}


def _page(operation: Operation) -> Iterator[str]:
    yield f"# {operation.name}"
    yield f"\n{operation.about}"
    if operation.aliases:
        yield f"\nIt answers to {', '.join(f'`{each}`' for each in operation.aliases)} too."
    yield "\n| parameter | type | required | |\n|---|---|---|---|"
    for each in operation.parameters:
        yield f"| `{each.name}` | {_type(each.type)} | {'yes' if each.required else 'no'} | {each.about} |"
    yield f"\nThe result is of the type {_type(operation.returns)}.{_fields(operation.returns)} Return strings:"
    yield "\n| result | when |\n|---|---|"
    for text in dict.fromkeys(operation.return_strings.values()):
        whys = [_why(kind) for kind, said in operation.return_strings.items() if said == text]
        yield f"| `{text}` | {' '.join(dict.fromkeys(whys))} |"
    yield f"\n## Sample\n\n```xml\n{_request(operation)}\n```\n\n```xml\n{_response(operation)}\n```"


def _type(kind: Type) -> str:
    return kind.name.removeprefix("xsd:").removeprefix("tns:")


def _fields(kind: Type) -> str:
    fields = getattr(getattr(kind, "item", kind), "fields", None)
    return f" Fields: {', '.join(f'`{each}`' for each in fields)}." if fields else ""


def _why(kind: type[Exception]) -> str:
    return (kind.__doc__ or kind.__name__).strip().splitlines()[0]


def _request(operation: Operation) -> str:
    lines = [f"<soapenv:Envelope {NAMESPACES}>", " <soapenv:Header/>", " <soapenv:Body>"]
    style = 'soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
    lines.append(f"  <uen:{operation.name} {style}>")
    lines += [f"   {_given(each)}" for each in operation.parameters]
    return "\n".join([*lines, f"  </uen:{operation.name}>", " </soapenv:Body>", "</soapenv:Envelope>"])


def _given(parameter: Parameter) -> str:
    from doorsync.hub.esws.elements import escaped
    from doorsync.hub.esws.values import Struct

    if isinstance(parameter.type, Struct):
        return f'<{parameter.name}><info1 xsi:type="xsd:string">blue locker</info1></{parameter.name}>'
    return f'<{parameter.name} xsi:type="xsd:string">{escaped(SAMPLES.get(parameter.name, ""))}</{parameter.name}>'


def _response(operation: Operation) -> str:
    from lxml import etree

    from doorsync.hub.esws.codec import Call, response
    from doorsync.hub.esws.namespaces import ESWS

    sample: Any = operation.returns.problem("...") if operation.sample is None else operation.sample
    root = etree.fromstring(response(Call(operation, ESWS, {}), sample))
    etree.indent(root, " ")
    return etree.tostring(root, encoding="unicode")


if __name__ == "__main__":
    sys.exit(main())
