"""Reads the settings: the command line wins over the environment, and that over the file. All faults are told at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from errno import EISDIR
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError, TomlConfigSettingsSource

from doorsync.agent.config import PREFIX, Config
from doorsync.agent.errors import BadSettings

FILE = "agent.toml"
ALL, BESIDE = "DOORSYNC_", ("DOORSYNC_TEST_",)
# The hub's settings, which may stand in the environment of a machine where both run.
HUBS = {
    "CRASH_AT",
    "DATA",
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "DEMO",
    "HOST",
    "METRICS_ADDRESS",
    "NO_POOL",
    "PORT",
    "PROVIDER_NETWORKS",
    "PUBLIC_URL",
    "TRUSTED_PROXIES",
}
LINE, ENVIRONMENT, DEFAULT = "command line", "environment", "default"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, the file that they may stand in, and where each came from."""

    config: Config
    file: Path
    sources: Mapping[str, str]


def read_settings(given: Mapping[str, Any] | None = None, file: Path | None = None) -> Settings:
    """All settings; `given` are those of the command line. Raises BadSettings with one line for each fault."""
    line = {name: value for name, value in (given or {}).items() if value is not None}
    path = file or _folder(line) / FILE
    in_file, faults = _file(path)
    if "data" in in_file and file is None:
        faults.append(f"data: does not belong into {path}, which lies there already; use {PREFIX}DATA or --data.")
    faults += _strange()
    faults += [f"{name}: there is no such setting ({path}).{_near(name)}" for name in in_file if name not in Config.model_fields]
    in_environment, unreadable = _environment()
    known = {name: value for name, value in in_file.items() if name in Config.model_fields}
    said = {str(path): known, ENVIRONMENT: in_environment, LINE: line}  # later ones win
    sources = {name: source for source, values in said.items() for name in values}
    config, wrong = (None, unreadable) if unreadable else _checked({**known, **in_environment, **line}, sources)
    if config is None or faults or wrong:
        raise BadSettings("\n".join(["These settings cannot be used:", *(f"  {fault}" for fault in [*faults, *wrong])]))
    return Settings(config, path, {name: sources.get(name, DEFAULT) for name in Config.model_fields})


def _folder(given: Mapping[str, Any]) -> Path:
    named = given.get("data") or next((value for name, value in os.environ.items() if name.upper() == f"{PREFIX}DATA"), "")
    return Path(named or Config.model_fields["data"].default)


def _file(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What the file says, and a sentence when it cannot be read; one that is not there says nothing."""
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        return TomlConfigSettingsSource(Config, path)(), []
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return {}, [f"{path} cannot be read: {why}."]


def _environment() -> tuple[dict[str, Any], list[str]]:
    """What the environment says, and a sentence when one of the lists is none."""
    try:
        return EnvSettingsSource(Config)(), []
    except SettingsError as error:
        found = re.search(r'field "(\w+)"', str(error))
        return {}, [f'{PREFIX}{found[1].upper() if found else "*"}: is not a list in JSON, like ["a", "b"].']


def _strange() -> list[str]:
    """A sentence for each name in the environment that is neither the agent's nor the hub's."""
    names = {name.upper().removeprefix(PREFIX).lower() for name in os.environ if name.upper().startswith(PREFIX)}
    strange = sorted(name for name in names if name not in Config.model_fields)
    told = [f"{PREFIX}{name.upper()}: there is no such setting.{_near(name, upper=True)}" for name in strange]
    others = sorted(
        name for name in os.environ if name.upper().startswith(ALL) and not name.upper().startswith((PREFIX, *BESIDE))
    )
    slips = [name for name in others if name.upper().removeprefix(ALL) not in HUBS]
    return told + [f"{name}: there is no such setting. The agent's begin with {PREFIX}." for name in slips]


def _near(name: str, *, upper: bool = False) -> str:
    """The setting that was probably meant."""
    found = get_close_matches(name.lower(), list(Config.model_fields), 1)
    return (f" Did you mean {PREFIX}{found[0].upper()}?" if upper else f" Did you mean {found[0]}?") if found else ""


def _checked(values: Mapping[str, Any], sources: Mapping[str, str]) -> tuple[Config | None, list[str]]:
    """What was typed is never quoted: it may hold the password of a proxy."""
    try:
        return Config(**values), []
    except ValidationError as error:
        return None, [
            f"{_place(str(each['loc'][0]), sources)}: {each['msg'][0].lower()}{each['msg'][1:]}." for each in error.errors()
        ]


def _place(name: str, sources: Mapping[str, str]) -> str:
    source = sources.get(name, DEFAULT)
    return f"{PREFIX}{name.upper()}" if source == ENVIRONMENT else f"{name} ({source})"
