"""What an operation is: declared once, read by the dispatcher, the WSDL and the page that describes the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from doorsync.hub.esws.documents import Element
from doorsync.hub.esws.elements import local_name
from doorsync.hub.esws.errors import GivenTwice, WrongValue
from doorsync.hub.esws.namespaces import ESWS
from doorsync.hub.esws.values import Type

ErrorKind = type[Exception]
ReturnStrings = Mapping[ErrorKind, str]
Together = Callable[[Sequence[tuple["Caller", Mapping[str, Any]]]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller's network address and headers that matter."""

    address: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name on the wire, and the keyword under which the operation's function takes it.

    `missing` is what an operation of a company raises when it is not given; see `company_operations`.
    """

    name: str
    keyword: str
    type: Type
    about: str = ""
    required: bool = True
    missing: ErrorKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the service. `run` takes the caller and each parameter by keyword. It answers to its `aliases` too.

    `return_strings` are what its page says for an error instead of a result, exact to the space; others become faults. They stand
    with each operation, because two operations say the same thing differently. `run_together` answers several calls at once, with
    None for each that only `run` can answer; `by_company`: calls of different companies need not wait for each other.
    """

    name: str
    about: str
    parameters: tuple[Parameter, ...]
    returns: Type
    run: Callable[..., Any]
    return_strings: ReturnStrings = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    sample: Any = None  # a result, for the documentation
    run_together: Together | None = None
    by_company: bool = False

    def return_string(self, error: Exception) -> str | None:
        """What the page of this operation says for this error; None when it says nothing."""
        return next((text for kind, text in self.return_strings.items() if isinstance(error, kind)), None)

    @property
    def action(self) -> str:
        """The SOAPAction that the WSDL tells programs to send. Nobody has to."""
        return f"{ESWS}#{self.name}"

    def arguments(self, given: Sequence[Element]) -> dict[str, Any]:
        """What `run` takes: by name in any namespace and spelling, otherwise by position. Raises GivenTwice, WrongValue."""
        found = self._found(given)
        return {each.keyword: _read(each, found.get(each.name)) for each in self.parameters}

    def _found(self, given: Sequence[Element]) -> dict[str, Element]:
        places = {_spelling(each.name): place for place, each in enumerate(self.parameters)}
        named: dict[int, int] = {}  # where each one stands
        foreign: list[int] = []
        for place, element in enumerate(given):
            known = places.get(_spelling(local_name(element)))
            if known in named:
                raise GivenTwice(f"It is {self.parameters[known].name}.")
            if known is not None:
                named[known] = place
            elif place < len(self.parameters):
                foreign.append(place)
        needed = {place for place, each in enumerate(self.parameters) if each.required}
        complete = needed <= named.keys() | set(foreign)
        found = {place: place for place in foreign if self._counts_by_place(place, named, complete=complete)} | named
        return {self.parameters[known].name: given[place] for known, place in found.items()}

    def _counts_by_place(self, place: int, named: Mapping[int, int], *, complete: bool) -> bool:
        """Whether a foreign name is another one for the parameter of its place, and not a parameter that is not ours.

        Where others have their names, these must show it: all stand in their places, and one does behind it, unless the call
        has all that it needs by this one. A call that names a few fields of a user is not `complete`, and means no PIN by a
        name that is not ours.
        """
        in_order = all(known == at for known, at in named.items())
        return not named or (in_order and (place < max(named) or (complete and self.parameters[place].required)))


def _spelling(name: str) -> str:
    """A parameter's name as it is compared: some clients change its capitals, or make p_wsAltUserId pWsAltUserId."""
    return name.replace("_", "").lower()


def _read(parameter: Parameter, element: Element | None) -> Any:
    try:
        return parameter.type.read(element)
    except WrongValue:
        raise WrongValue(f"It is {parameter.name}.") from None


def chosen_operation(operations: Mapping[str, Operation], name: str, action: str) -> Operation | None:
    """The operation that the body names, be it by an alias; failing that, the one at the end of the SOAPAction.

    One make of client drops the dot in the element's name and keeps the right SOAPAction.
    """
    said = action.strip().strip("\"'").replace("#", "/").rpartition("/")[2]
    return operations.get(name) or _by_alias(operations, name) or operations.get(said)


def _by_alias(operations: Mapping[str, Operation], name: str) -> Operation | None:
    return next((each for each in operations.values() if name in each.aliases), None)
