"""Settings: parsed once, strictly, from `YIDI_…` variables or from files; there is no global object."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an installation decides.

    Keys come from the environment or from `keys_file`; the embedded default makes that file once, readable
    by its owner only. Nothing secret has a default.
    """

    model_config = SettingsConfigDict(env_prefix="YIDI_", extra="forbid", frozen=True)

    database_url: str = "sqlite:///yidi.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    rules_file: Path | None = None
    keys_file: Path | None = None
    field_keys: SecretStr | None = None
    """`id:base64` pairs, comma separated, 32 bytes each; the first encrypts, all decrypt."""
    signing_key: SecretStr | None = None
    """The Ed25519 private key that signs certificates, base64 of its 32 bytes."""
    token_hours: int = Field(default=12, ge=1, le=24 * 366)
    workers: int = Field(default=1, ge=0, le=64)
    worker_lease_seconds: int = Field(default=60, ge=2, le=3600)
    """After how long a silent worker's plan or job is another's."""
    shards_from: int = Field(default=1_500, ge=1)
    """Projects from which a day of several provinces is planned province by province, by all workers."""
    plan_seconds: int = Field(default=30, ge=1, le=3600)
    replay_days: int = Field(default=30, ge=0, le=36_600)
    """For how many days clients and webhooks that were away can recover; 0 keeps everything."""
    webhooks_plain_http: bool = False
    webhooks_private: bool = False
    """Whether webhooks may go to private and loopback addresses: for receivers in the installation's network."""
    webhooks_failing_days: int = Field(default=3, ge=1, le=366)
    webhooks_seconds: int = Field(default=15, ge=1, le=60)
    """How long a receiver may take to answer."""
    demo: bool = False

    @model_validator(mode="after")
    def keys_come_from_one_place(self) -> Self:
        """Either both keys are given, or a file holds them, or the embedded default makes the file."""
        if (self.field_keys is None) != (self.signing_key is None):
            raise ValueError("field_keys and signing_key are given together")
        return self
