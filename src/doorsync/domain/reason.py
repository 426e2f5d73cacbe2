"""Why something was refused or failed: a code with parameters. It is kept as that, and turned into words where shown."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

Value = str | int
CODE_LENGTH = 32
TEXT_LENGTH = 160  # letters of a parameter; longer ones are cut
TEXT = "text"  # the code of a sentence from before there were codes, and the parameter that holds free text


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and its parameters, which are never a secret. Without a code it is false: there is no reason."""

    code: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cleaned = {name: _cleaned(value) if isinstance(value, str) else value for name, value in self.parameters.items()}
        object.__setattr__(self, "parameters", cleaned)

    def __bool__(self) -> bool:
        return bool(self.code)

    def __hash__(self) -> int:
        return hash(self.code)

    def stored(self, length: int) -> str:
        """As JSON of at most so many letters, for which its longest text is cut; empty for no reason."""
        if not self:
            return ""
        parameters = dict(self.parameters)
        while len(text := _json(self.code, parameters)) > length:
            texts = {name: value for name, value in parameters.items() if isinstance(value, str) and value}
            if not texts:
                return _json(self.code[:CODE_LENGTH], {})
            name = max(texts, key=lambda each: len(texts[each]))
            parameters[name] = texts[name][: -1 - (len(text) - length) // 2]
        return text

    @classmethod
    def from_stored(cls, text: str) -> Reason:
        """The reason that was stored. What is no JSON is a sentence from before there were codes."""
        if not text:
            return NO_REASON
        try:
            found = json.loads(text)
            return cls(str(found["code"]), dict(found["parameters"]))
        except (ValueError, TypeError, KeyError):
            return cls(TEXT, {TEXT: text})


NO_REASON = Reason()


class ReasonCode(Enum):
    """The codes of one kind: each member has its code and the types of its parameters, and is called to make a reason."""

    def __init__(self, code: str, parameters: Mapping[str, type] | None = None) -> None:
        self.code = code
        self.parameters = dict(parameters or {})

    def __call__(self, **parameters: Value) -> Reason:
        """A reason with this code. Raises TypeError unless the parameters are those of the code."""
        given = {name: type(value) for name, value in parameters.items()}
        if given != self.parameters:
            raise TypeError(f"The parameters of {self.code} are {self.parameters}, not {given}.")
        return Reason(self.code, parameters)

    def caused_by(self, cause: Reason) -> Reason:
        """A reason with this code because of another one, whose code becomes the parameter `cause` beside its parameters."""
        return Reason(self.code, {**cause.parameters, "cause": cause.code})


def _cleaned(text: str) -> str:
    """Without control characters and halves of characters, and not too long."""
    return "".join(each for each in text if unicodedata.category(each) not in ("Cc", "Cs"))[:TEXT_LENGTH]


def _json(code: str, parameters: Mapping[str, Value]) -> str:
    return json.dumps({"code": code, "parameters": parameters}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
