"""What all messages share: their version, and which fields an older one goes without.

Unknown fields are refused: what a signature covers must be understood whole. Texts hold no NUL and numbers fit 64 bits: a message
that was accepted can also be stored, in any database.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

VERSION = 6


class Message(BaseModel):
    """What all messages share: `typ` is also in the signed header, `v` the version in which it is written.

    `SINCE` names the fields that came with a later version than the oldest: a message of an older one goes without them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    SINCE: ClassVar[dict[str, int]] = {}
    v: int = VERSION

    def dumped(self) -> bytes:
        """As it travels. Raises ValueError when it says something that its version cannot."""
        return self.model_dump_json(exclude=self.newer_than(self.v)).encode()

    def newer_than(self, version: int) -> dict[str, Any]:
        """What this version does not have, as pydantic leaves it out. Raises ValueError where that says something."""
        newer = {name for name, since in self.SINCE.items() if since > version}
        if any(getattr(self, name) != type(self).model_fields[name].get_default(call_default_factory=True) for name in newer):
            raise ValueError(f"Version {version} of this message has no {', '.join(sorted(newer))}.")
        left_out: dict[str, Any] = dict.fromkeys(newer, True)
        for name, value in self:
            if isinstance(value, list) and value and isinstance(value[0], Message) and value[0].SINCE:
                left_out[name] = dict(enumerate(each.newer_than(version) for each in value))
        return left_out
