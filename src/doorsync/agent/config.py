"""Every setting of the agent, typed. Where their values come from is in `settings`; the file with comments is made from here."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "DOORSYNC_AGENT_"


class Config(BaseSettings):
    """What an operator can set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", hide_input_in_errors=True)

    data: Path = Field(Path("var/agent"), description="Folder of the keys and of what was accepted; keep it private.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(0, ge=0, le=65535, description="Port to listen on. 0: the one it had before, or a free one.")
    hosts: list[str] = Field(
        default_factory=list, description='More names under which browsers may call it: ["gate-pc.example.com:8443"].'
    )
    origins: list[str] = Field(
        default_factory=list, description="More origins of the hub's pages, if it moved since the enrolment."
    )
    terminal_timeout: float = Field(10.0, gt=0, description="Seconds in which a terminal must answer.")
    answer_within: float = Field(15.0, gt=0, description="Seconds after which a page is told that the work goes on.")
    nonce_life: float = Field(60.0, gt=0, le=60, description="Seconds in which a hello's nonce is good.")
    cloud: bool = Field(True, description="Dial out to the hub for work, so that no browser need be in this network.")
    listen_adms: str = Field(
        "",
        pattern=r"^(|.+:[0-9]{1,5})$",
        description='Where ZKTeco terminals call the agent (ADMS), without encryption: "0.0.0.0:8081". Empty: nowhere.',
    )
    proxy: SecretStr = Field(
        SecretStr(""),
        description="Proxy on the way to the hub: http://name:password@proxy:3128. Empty: HTTPS_PROXY, if it is set.",
    )
    ca_file: str = Field(
        "", description="Certificates that the hub's is checked with, if a proxy of this network signs its own. Empty: the usual."
    )

    @field_validator("proxy")
    @classmethod
    def _proxy_address(cls, value: SecretStr) -> SecretStr:
        """Never quotes what was typed: a password may be in it."""
        try:
            parts = urlsplit(value.get_secret_value())
            fit = not parts.geturl() or (parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0)
        except ValueError:
            fit = False
        if not fit:
            raise ValueError("must be like http://proxy.example.com:3128")
        return value
