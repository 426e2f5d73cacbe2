"""The types that parameters and results have on the wire: scalars, structs, arrays of structs, and room for more."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorsync.hub.esws.documents import Element
from doorsync.hub.esws.elements import escaped, is_null, local_name, text_of
from doorsync.hub.esws.errors import WrongValue
from doorsync.hub.esws.namespaces import ENCODING, ESWS, WSDL

NUMBER = re.compile(r"[+-]?[0-9]{1,18}")


class Type(ABC):
    """What a parameter or a result can be."""

    __slots__ = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """How WSDL and messages call it."""

    @abstractmethod
    def read(self, element: Element | None) -> Any:
        """The value in an element; None stands for an element that is not there."""

    @abstractmethod
    def write(self, tag: str, value: Any) -> str:
        """An element with the value."""

    def problem(self, text: str) -> Any:
        """The value that carries a return string, as documented for this type."""
        raise TypeError(f"{self.name} cannot carry {text!r}")

    def declarations(self, *, literal: bool) -> dict[str, str]:  # noqa: ARG002 - for those that override it
        """What the WSDL's schema must declare, by name; nothing for the types that XML Schema brings."""
        return {}


@dataclass(frozen=True, slots=True)
class String(Type):
    """Text. Missing, null and empty are the same: not given."""

    @property
    def name(self) -> str:
        """How WSDL and messages call it."""
        return "xsd:string"

    def read(self, element: Element | None) -> str:
        """The text, whole."""
        return "" if element is None else text_of(element)

    def write(self, tag: str, value: str) -> str:
        """An element with the text."""
        return f'<{tag} xsi:type="{self.name}">{escaped(value)}</{tag}>'

    def problem(self, text: str) -> str:
        """The text itself."""
        return text


@dataclass(frozen=True, slots=True)
class SaidString(String):
    """Text where absence is not emptiness: None when the element is missing or null, and so says nothing."""

    def read(self, element: Element | None) -> str | None:  # type: ignore[override]  # that is the difference
        """The text, whole, or None."""
        return None if element is None or is_null(element) else text_of(element)

    def write(self, tag: str, value: str | None) -> str:
        """An element with the text, or with a null."""
        return f'<{tag} xsi:type="{self.name}" xsi:nil="true"/>' if value is None else String.write(self, tag, value)


@dataclass(frozen=True, slots=True)
class Integer(Type):
    """A whole number, which may come as a string; None when it is not given."""

    @property
    def name(self) -> str:
        """How WSDL and messages call it."""
        return "xsd:int"

    def read(self, element: Element | None) -> int | None:
        """The number. Raises WrongValue."""
        text = "" if element is None else text_of(element).strip()
        if text and not NUMBER.fullmatch(text):
            raise WrongValue
        return int(text) if text else None

    def write(self, tag: str, value: int) -> str:
        """An element with the number."""
        return f'<{tag} xsi:type="{self.name}">{value}</{tag}>'


@dataclass(frozen=True, slots=True)
class Struct(Type):
    """Named fields in a fixed order; its values are mappings."""

    struct: str
    fields: Mapping[str, Type]

    @property
    def name(self) -> str:
        """How WSDL and messages call it."""
        return f"tns:{self.struct}"

    def read(self, element: Element | None) -> dict[str, Any]:
        """All fields, those that are not given too."""
        given = {} if element is None else {local_name(child): child for child in element}
        return {field: kind.read(given.get(field)) for field, kind in self.fields.items()}

    def write(self, tag: str, value: Mapping[str, Any]) -> str:
        """An element with those fields that the value has."""
        fields = "".join(kind.write(field, value[field]) for field, kind in self.fields.items() if field in value)
        return f'<{tag} xsi:type="{self.name}">{fields}</{tag}>'

    def problem(self, text: str) -> dict[str, Any]:
        """The text in the first field."""
        return {next(iter(self.fields)): text}

    def declarations(self, *, literal: bool) -> dict[str, str]:
        """Its own, after those of its fields."""
        parts = [f'<xsd:element name="{field}" type="{kind.name}" minOccurs="0"/>' for field, kind in self.fields.items()]
        own = f'<xsd:complexType name="{self.struct}"><xsd:sequence>{"".join(parts)}</xsd:sequence></xsd:complexType>'
        below = (kind.declarations(literal=literal) for kind in self.fields.values())
        return {name: text for each in below for name, text in each.items()} | {self.name: own}


@dataclass(frozen=True, slots=True)
class Pages:
    """The structs of a large array, so many in all, some at a time: whoever writes them has no more than one page in memory."""

    count: int
    pages: Iterable[Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class ArrayOf(Type):
    """Any number of structs."""

    item: Struct

    @property
    def name(self) -> str:
        """How the WSDL calls it."""
        return f"{self.item.name}Array"

    def read(self, element: Element | None) -> list[dict[str, Any]]:
        """The structs. A size that the array claims for itself counts for nothing."""
        return [] if element is None else [self.item.read(child) for child in element]

    def write(self, tag: str, value: Sequence[Mapping[str, Any]]) -> str:
        """A SOAP-ENC array of items."""
        return "".join(self.write_pages(tag, Pages(len(value), [value])))

    def write_pages(self, tag: str, value: Pages) -> Iterator[str]:
        """The same, a part for each page, with the tag's ends before and after."""
        yield f'<{tag} xmlns:tns="{ESWS}" xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType="{self.item.name}[{value.count}]">'
        for page in value.pages:
            yield "".join(self.item.write("item", each) for each in page)
        yield f"</{tag}>"

    def problem(self, text: str) -> list[dict[str, Any]]:
        """One item with the text in its first field."""
        return [self.item.problem(text)]

    def declarations(self, *, literal: bool) -> dict[str, str]:
        """Its own, after its item's."""
        content = self._sequence() if literal else self._encoded()
        own = f'<xsd:complexType name="{self.item.struct}Array">{content}</xsd:complexType>'
        return self.item.declarations(literal=literal) | {self.name: own}

    def _sequence(self) -> str:
        item = f'<xsd:element name="item" type="{self.item.name}" minOccurs="0" maxOccurs="unbounded"/>'
        return f"<xsd:sequence>{item}</xsd:sequence>"

    def _encoded(self) -> str:
        of = f'<xsd:attribute ref="SOAP-ENC:arrayType" xmlns:wsdl="{WSDL}" wsdl:arrayType="{self.item.name}[]"/>'
        array = f'<xsd:restriction base="SOAP-ENC:Array" xmlns:SOAP-ENC="{ENCODING}">{of}</xsd:restriction>'
        return f"<xsd:complexContent>{array}</xsd:complexContent>"


STRING = String()
SAID = SaidString()
INTEGER = Integer()
