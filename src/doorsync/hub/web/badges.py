"""How a state is shown, on every page alike. Which state is shown how stands with the state."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Badge:
    """Tone, icon and word: pages always show all three. `tone` names a colour of the style guide."""

    tone: str
    icon: str
    word: Promise | str
