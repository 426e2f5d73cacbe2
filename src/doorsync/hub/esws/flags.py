"""Yes and no as programs write them: 0 and 1, or false and true as clients write a boolean, in any capitals."""

from __future__ import annotations

FLAGS = {"0": False, "1": True, "false": False, "true": True}


def read_flag(text: str | None) -> bool | None:
    """The flag; None where nothing is said. Raises ValueError for anything else."""
    plain = (text or "").strip().lower()
    if not plain:
        return None
    if plain not in FLAGS:
        raise ValueError
    return FLAGS[plain]


def is_set(text: str) -> bool:
    """Whether a yes is said. Anything else is none."""
    return FLAGS.get(text.strip().lower(), False)
