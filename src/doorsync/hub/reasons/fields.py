"""The one type of column for reasons: JSON in a text, empty for none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from doorsync.domain.reason import NO_REASON, Reason

REASON_LENGTH = 200

if TYPE_CHECKING:
    ReasonColumn = models.CharField[Reason, Reason]
else:
    ReasonColumn = models.CharField


class ReasonField(ReasonColumn):
    """Holds a `Reason`, never null. Filters compare with "" to ask whether there is one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        every: dict[str, Any] = {"max_length": REASON_LENGTH, "default": NO_REASON, "blank": True, "db_default": ""}
        super().__init__(*args, **(every | options))

    def deconstruct(self) -> Any:
        """Without what every such column has."""
        name, path, args, options = super().deconstruct()
        return name, path, args, {key: value for key, value in options.items() if key not in ("default", "blank", "db_default")}

    def from_db_value(self, value: str, *_: object) -> Reason:
        """What was stored."""
        return Reason.from_stored(value)

    def to_python(self, value: Any) -> Any:
        """A reason from its JSON, as fixtures have it."""
        return value if isinstance(value, Reason) else Reason.from_stored(value or "")

    def get_prep_value(self, value: Any) -> Any:
        """As stored. Raises TypeError for a sentence: only codes are kept."""
        if value == "" or hasattr(value, "resolve_expression"):
            return value
        if not isinstance(value, Reason):
            raise TypeError(f"A reason is a code with parameters, not {type(value).__name__}.")
        return value.stored(self.max_length or REASON_LENGTH)

    def value_to_string(self, obj: models.Model) -> str:
        """Its JSON."""
        return str(self.get_prep_value(self.value_from_object(obj)))
