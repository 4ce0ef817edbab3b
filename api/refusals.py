"""What the service refuses, besides what the engine refuses; `api.problems` knows how each looks on the wire."""

from scheduler.errors import SchedulerError


class Refusal(SchedulerError):
    """A refusal of the service about one thing: what kind of thing, which one, and the rule it breaks."""

    def __init__(self, what: str, which: str, rule: str = "") -> None:
        super().__init__(what, which, rule)
        self.what, self.which, self.rule = what, which, rule

    @property
    def facts(self) -> dict[str, str]:
        return {"what": self.what, "which": self.which, "rule": self.rule}

    def __str__(self) -> str:
        return f"{self.what} {self.which}: {self.rule}" if self.rule else f"{self.what} {self.which}"


class NotSignedIn(SchedulerError):
    """The request carries no valid token or password."""

    code = "not_signed_in"

    def __str__(self) -> str:
        return "a valid bearer token is needed"


class NotForRole(Refusal):
    """The caller's role may not use the route."""

    code = "not_for_role"


class NotFound(Refusal):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"


class WrongState(Refusal):
    """The thing is in a state in which this cannot happen."""

    code = "wrong_state"


class AlreadyThere(Refusal):
    """Something with this id exists."""

    code = "already_there"


class RoomTaken(Refusal):
    """A room would be held twice at one time."""

    code = "room_taken"


class ExpertTaken(Refusal):
    """An expert would sit in two evaluations at one time."""

    code = "expert_taken"


class PlanIsStale(Refusal):
    """The world has changed since the plan was made."""

    code = "plan_is_stale"


class PlanIsUnsound(Refusal):
    """The independent checker found violations; nothing was saved."""

    code = "plan_is_unsound"


class DrawNotVerified(Refusal):
    """The independent verifier does not accept the certificate; the draw was not saved."""

    code = "draw_not_verified"


class KeyReused(Refusal):
    """The Idempotency-Key was used for another request."""

    code = "key_reused"


class KeyMissing(Refusal):
    """The route needs an Idempotency-Key."""

    code = "key_missing"


class VersionMissing(Refusal):
    """The route needs an If-Match header."""

    code = "version_missing"


class VersionStale(Refusal):
    """The thing has changed since the caller read it."""

    code = "version_stale"


class ReasonMissing(Refusal):
    """The rules want a recorded reason for this."""

    code = "reason_missing"


class TooFewInGroup(Refusal):
    """A statistic would show a group smaller than disclose.min_group."""

    code = "too_few_in_group"


class TooManyWebhooks(Refusal):
    """The account has as many webhooks as it may."""

    code = "too_many_webhooks"


class BadCiphertext(Refusal):
    """A sealed field does not open: unknown key, or not what was sealed."""

    code = "bad_ciphertext"
