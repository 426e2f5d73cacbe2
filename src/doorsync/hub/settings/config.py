"""Every setting of the hub, typed: read once from the environment (DOORSYNC_*); secrets also from a file named by *_FILE."""

from __future__ import annotations

import os
import re
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from doorsync.hub.settings.database import parameters

PREFIX = "DOORSYNC_"
DEFAULT_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+")
ADDRESS = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])")


class Config(BaseSettings):
    """What an operator can set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", hide_input_in_errors=True)

    data: Path = Field(Path("var"), description="Folder of the database (SQLite) and of the keys; keep it private.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "", description="The address that browsers and programs use, without a path. Empty: http://HOST:PORT."
    )
    database_url: SecretStr = Field(
        SecretStr(""), description="postgresql://user:password@host:port/name. Empty: SQLite in the data folder."
    )
    trusted_proxies: list[IPv4Network | IPv6Network] = Field(
        default_factory=list, description='Networks of the proxies whose X-Forwarded-For is believed, as JSON: ["10.0.0.0/8"].'
    )
    provider_networks: list[IPv4Network | IPv6Network] = Field(
        default_factory=list,
        description="Private networks in which companies' identity providers may be reached, as JSON. Loopback: without TLS too.",
    )
    metrics_address: str = Field("", description="Address and port of health and metrics, such as 127.0.0.1:9464. Empty: none.")
    demo: bool = Field(False, description="Demo mode: listens on loopback only.")

    @field_validator("data", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if value == "":
            raise ValueError("is empty")
        return value

    @field_validator("public_url")
    @classmethod
    def _origin_only(cls, value: str) -> str:
        return origin_of(value) if value else ""

    @field_validator("metrics_address")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        if value and not ADDRESS.fullmatch(value):
            raise ValueError("must be like 127.0.0.1:9464 or [::1]:9464")
        return value

    @field_validator("database_url")
    @classmethod
    def _understood(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            parameters(value.get_secret_value())
        return value

    @property
    def origin(self) -> str:
        """Scheme, host and port that pages are served under."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def origins(self) -> list[str]:
        """The origins that count as the hub's own pages: on loopback both spellings of it."""
        spellings = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}
        parts = urlsplit(self.origin)
        other = spellings.get(parts.hostname or "")
        return [self.origin, *([f"{parts.scheme}://{other}:{parts.port}"] if other and parts.port else [])]

    @property
    def metrics(self) -> tuple[str, int] | None:
        """Host and port of health and metrics, if they are on."""
        host, _, port = self.metrics_address.rpartition(":")
        return (host.strip("[]"), int(port)) if port else None

    @property
    def secure(self) -> bool:
        """Whether people reach the hub over TLS; cookies are then `__Host-`, Secure and Partitioned."""
        return self.origin.startswith("https://")


def origin_of(address: str) -> str:
    """The address as browsers write it in `Origin`. Raises ValueError."""
    form = "must be like https://doorsync.example.com, without a path"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(form) from None
    if parts.scheme not in DEFAULT_PORTS or not HOST.fullmatch(host) or parts.path.strip("/") or set(address) & set("@?#"):
        raise ValueError(form if host.isascii() else f"{form}; other letters than a to z are written in punycode, as xn--...")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port not in (None, DEFAULT_PORTS[parts.scheme]) else "")


@cache
def config() -> Config:
    """The settings of this process. A `DOORSYNC_<NAME>_FILE` stands in for a secret that should not be in the environment."""
    named = os.environ.get(f"{PREFIX}DATABASE_URL_FILE")
    if not named:
        return Config()
    if os.environ.get(f"{PREFIX}DATABASE_URL"):
        raise SettingsError(f"{PREFIX}DATABASE_URL and {PREFIX}DATABASE_URL_FILE are both set: choose one")
    return Config(database_url=SecretStr(_secret_in(Path(named))))


def _secret_in(named: Path) -> str:
    """What the file holds; a bare name is a credential that systemd hands in. An empty file would pass for no setting at all."""
    path = Path(os.environ.get("CREDENTIALS_DIRECTORY", "")) / named
    try:
        secret = path.read_text().strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(f"{PREFIX}DATABASE_URL_FILE: {path} cannot be read: {why}") from None
    if not secret:
        raise SettingsError(f"{PREFIX}DATABASE_URL_FILE: {path} is empty")
    return secret
