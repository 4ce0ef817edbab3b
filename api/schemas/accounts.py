"""Accounts on the wire."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.disclosure import Role
from api.schemas.projects import Identifier
from models.accounts import AccountRow


class AccountIn(BaseModel):
    """A new account with the scope of its duty."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    account_id: Identifier
    role: Role
    name: str = Field(default="", max_length=200)
    centre_id: Identifier | None = None
    region: str | None = Field(default=None, pattern=r"^\d{2,12}$")
    expert_id: Identifier | None = None
    venue_ids: frozenset[Identifier] = frozenset()
    password: SecretStr | None = Field(default=None, min_length=12, max_length=1024)


class AccountView(BaseModel):
    """An account, without anything that opens it."""

    account_id: str
    role: str
    name: str
    centre_id: str | None
    region: str | None
    disabled_at: datetime | None

    @classmethod
    def of(cls, account: AccountRow) -> Self:
        """What the administrator sees; which expert an account belongs to is not part of it."""
        return cls(**account.model_dump(include=set(cls.model_fields)))


class NewAccountView(AccountView):
    """A new account with its token, shown once."""

    token: str
