"""Signing in on the wire."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class SignIn(BaseModel):
    """An account and its password."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    account_id: str = Field(max_length=64)
    password: SecretStr = Field(max_length=1024)


class TokenView(BaseModel):
    """A bearer token, shown once."""

    token: str
    expires_in: int
