"""Every setting of the hub, typed: read once from the environment (DOORSYNC_*); secrets also from a file named by *_FILE."""

from __future__ import annotations

import os
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError


class Config(BaseSettings):
    """What an operator can set."""

    model_config = SettingsConfigDict(env_prefix="DOORSYNC_", extra="ignore")

    data: Path = Field(Path("var"), description="Folder of the database (SQLite) and of the keys; keep it private.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "", description="The address that browsers and programs use, without a path. Empty: http://HOST:PORT."
    )
    database_url: str = Field("", description="postgresql://user:password@host:port/name. Empty: SQLite in the data folder.")
    trusted_proxies: list[IPv4Network | IPv6Network] = Field(
        default_factory=list, description='Networks of the proxies whose X-Forwarded-For is believed, as JSON: ["10.0.0.0/8"].'
    )
    demo: bool = Field(False, description="Demo mode: listens on loopback only.")

    @field_validator("public_url")
    @classmethod
    def _origin_only(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")):
            raise ValueError("must be like https://doorsync.example.com, without a path")
        return value.rstrip("/")

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
    def secure(self) -> bool:
        """Whether people reach the hub over TLS; cookies are then `__Host-`, Secure and Partitioned."""
        return self.origin.startswith("https://")


@cache
def config() -> Config:
    """The settings of this process. A `DOORSYNC_<NAME>_FILE` stands in for a secret that should not be in the environment."""
    for name in ("DATABASE_URL",):
        named = os.environ.get(f"DOORSYNC_{name}_FILE")
        if named:
            os.environ[f"DOORSYNC_{name}"] = _secret_in(Path(named))
    return Config()


def _secret_in(named: Path) -> str:
    """What the file holds; a bare name is a credential that systemd hands in. An empty file would pass for no setting at all."""
    path = Path(os.environ.get("CREDENTIALS_DIRECTORY", "")) / named
    secret = path.read_text().strip()
    if not secret:
        raise SettingsError(f"{path} is empty")
    return secret
