"""What all messages share: their version, and which fields an older one goes without.

Unknown fields are refused: what a signature covers must be understood whole. Texts hold no NUL and numbers fit 64 bits: a message
that was accepted can also be stored, in any database.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

VERSION = 4


class Message(BaseModel):
    """What all messages share: `typ` is also in the signed header, `v` the version in which it is written.

    `SINCE` names the fields that came with a later version than the oldest: a message of an older one goes without them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    SINCE: ClassVar[dict[str, int]] = {}
    v: int = VERSION

    def dumped(self) -> bytes:
        """As it travels. Raises ValueError when it says something that its version cannot."""
        newer = {name for name, since in self.SINCE.items() if since > self.v}
        if any(getattr(self, name) != type(self).model_fields[name].get_default(call_default_factory=True) for name in newer):
            raise ValueError(f"Version {self.v} of this message has no {', '.join(sorted(newer))}.")
        return self.model_dump_json(exclude=newer).encode()
