"""The settings file with comments, made from the `Config` class, so that file and program cannot drift apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from doorsync.agent import data_folder
from doorsync.agent.config import PREFIX, Config

HEAD = f"""\
# Settings of this Doorsync agent. Take the # from the start of a line to change its setting, then start the agent again.
# Each also has a name in the environment, which wins: {PREFIX}PORT=8787 over `port`.
"""


def settings_file_text() -> str:
    """Every setting with its explanation and its default; nothing is set yet."""
    settings = [(name, field) for name, field in Config.model_fields.items() if name != "data"]
    return HEAD + "".join(
        f"\n# {field.description}\n# {name} = {_toml(field.get_default(call_default_factory=True))}\n" for name, field in settings
    )


def write_once(path: Path) -> None:
    """Put the file there if none is. Raises StorageFailed."""
    if not path.exists():
        data_folder.write(path, settings_file_text())


def _toml(value: Any) -> str:
    """Texts, numbers, lists and truths are spelt in TOML as in JSON."""
    return json.dumps(value.get_secret_value() if isinstance(value, SecretStr) else value)
