"""The only meeting of refusals and HTTP: RFC 9457 problem details, `application/problem+json`.

422 is for what a request says wrongly, 409 for what the world does not allow now, 404 also for what the
caller may not know of. Nothing a client sent as a secret is ever echoed.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from scheduler.errors import SchedulerError

STATUS: dict[str, HTTPStatus] = {
    "refused": HTTPStatus.CONFLICT,
    "bad_input": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bad_rules": HTTPStatus.INTERNAL_SERVER_ERROR,
    "no_rule_in_force": HTTPStatus.CONFLICT,
    "panel_not_lawful": HTTPStatus.UNPROCESSABLE_ENTITY,
    "no_panel": HTTPStatus.CONFLICT,
    "panels_passed_over": HTTPStatus.CONFLICT,
    "quotas_unmet": HTTPStatus.CONFLICT,
    "too_many_kinds": HTTPStatus.CONFLICT,
    "reveal_refused": HTTPStatus.CONFLICT,
    "bad_rows": HTTPStatus.UNPROCESSABLE_ENTITY,
    "not_signed_in": HTTPStatus.UNAUTHORIZED,
    "not_for_role": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "wrong_state": HTTPStatus.CONFLICT,
    "already_there": HTTPStatus.CONFLICT,
    "room_taken": HTTPStatus.CONFLICT,
    "expert_taken": HTTPStatus.CONFLICT,
    "plan_is_stale": HTTPStatus.CONFLICT,
    "plan_is_unsound": HTTPStatus.INTERNAL_SERVER_ERROR,
    "draw_not_verified": HTTPStatus.INTERNAL_SERVER_ERROR,
    "key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "key_missing": HTTPStatus.BAD_REQUEST,
    "version_missing": HTTPStatus.PRECONDITION_REQUIRED,
    "version_stale": HTTPStatus.PRECONDITION_FAILED,
    "reason_missing": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_few_in_group": HTTPStatus.FORBIDDEN,
    "too_many_webhooks": HTTPStatus.CONFLICT,
    "url_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bad_ciphertext": HTTPStatus.INTERNAL_SERVER_ERROR,
}

SECRET_FIELDS = frozenset(("password", "token", "authorization", "secret"))


class Problem(JSONResponse):
    """A problem document."""

    media_type = "application/problem+json"


def problem(
    status: int,
    code: str,
    detail: str,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Problem:
    """The problem document of one refusal; `type` names the code, which never changes."""
    body = {
        "type": f"urn:yidi:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        **(more or {}),
    }
    return Problem(body, status_code=status, headers=dict(headers or {}))


def refused(code: str, detail: str, facts: Mapping[str, str]) -> Problem:
    """The problem document of a refusal that is itself on record, so that its transaction must not fail."""
    return problem(STATUS[code], code, detail, {"facts": facts})


def on_refusal(_: Request, refusal: Exception) -> Problem:
    """What the engine or the service refused, with its facts."""
    if not isinstance(refusal, SchedulerError):
        raise refusal
    status = STATUS[refusal.code]
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return problem(status, refusal.code, status.description)
    return problem(status, refusal.code, str(refusal), {"facts": refusal.facts}, headers)


def on_invalid(_: Request, invalid: Exception) -> Problem:
    """Every field that breaks a rule, with the value, unless it is a secret."""
    if not isinstance(invalid, RequestValidationError):
        raise invalid
    errors = [_error(error) for error in invalid.errors()]
    detail = "; ".join(f"{error['field']}: {error['rule']}" for error in errors)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", detail, {"errors": errors})


def on_http(_: Request, refused: Exception) -> Problem:
    """What the web framework itself refuses: no such path, no such method."""
    if not isinstance(refused, HTTPException):
        raise refused
    phrase = HTTPStatus(refused.status_code).phrase
    return problem(refused.status_code, phrase.lower().replace(" ", "_"), phrase, headers=refused.headers)


def on_failure(_: Request, __: Exception) -> Problem:
    """Something went wrong inside: the log says what, the answer does not."""
    failed = HTTPStatus.INTERNAL_SERVER_ERROR
    return problem(failed, "failed", failed.description)


def install(app: FastAPI) -> None:
    """The application answers every refusal as a problem document."""
    app.add_exception_handler(SchedulerError, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_failure)


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    where: Sequence[Any] = error["loc"]
    named = {"field": ".".join(str(step) for step in where[1:]) or str(where[0]), "rule": error["msg"]}
    if SECRET_FIELDS.isdisjoint(str(step).lower() for step in where) and error["type"] != "missing":
        value = error.get("input")
        if isinstance(value, str | int | float | bool):
            named["value"] = jsonable_encoder(value)
    return named
