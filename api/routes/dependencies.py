"""What routes are given: who calls, a change or a look, the version read, the key of the request."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from api.access import may_call
from api.database import Snapshot, Tx, snapshot
from api.disclosure import Viewer
from api.office import Office
from api.refusals import KeyMissing, NotForRole, NotSignedIn, VersionMissing
from api.security import authenticate
from api.store import replays

BEARER = HTTPBearer(auto_error=False, description="A token that the service issued")


def office(request: Request) -> Office:
    """The office of this application."""
    here: Office = request.app.state.office
    return here


OfficeHere = Annotated[Office, Depends(office)]


def caller(
    request: Request,
    here: OfficeHere,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Viewer:
    """Who calls; raises `NotSignedIn`, or `NotForRole` unless the table of access lets the role in."""
    if credentials is None:
        raise NotSignedIn
    with snapshot(here.engine) as session:
        viewer = authenticate(session, credentials.credentials, here.proven, here.clock.now())
    route = f"{request.method} {request.scope['route'].path}"
    if not may_call(viewer.role, route):
        raise NotForRole("route", route, f"is not for {viewer.role}")
    return viewer


Caller = Annotated[Viewer, Depends(caller)]


@dataclass(frozen=True, slots=True)
class Call:
    """A caller's request with what serves it: a session, the office, the time, and the answer's headers."""

    session: Session
    viewer: Viewer
    office: Office
    now: datetime
    request: Request
    response: Response

    @property
    def actor(self) -> str:
        """In whose name things happen."""
        return self.viewer.account_id

    def once(self, key: str, body: str, act: Callable[[], str]) -> str:
        """The reference that `act` returns, acted for at most once per caller, path and key."""
        return replays.once(
            self.session,
            account_id=self.viewer.account_id,
            route=f"{self.request.method} {self.request.url.path}",
            key=key,
            request=body,
            act=act,
            now=self.now,
        )

    def tag(self, version: int) -> None:
        """The answer says which version of the resource it shows."""
        self.response.headers["ETag"] = f'"{version}"'

    def locate(self, path: str) -> None:
        """The answer says where the new resource is."""
        self.response.headers["Location"] = path


def change(viewer: Caller, session: Tx, here: OfficeHere, request: Request, response: Response) -> Call:
    """A call whose session is a transaction: it commits before the answer leaves."""
    return Call(session, viewer, here, here.clock.now(), request, response)


def look(viewer: Caller, session: Snapshot, here: OfficeHere, request: Request, response: Response) -> Call:
    """A call whose session reads one moment."""
    return Call(session, viewer, here, here.clock.now(), request, response)


Change = Annotated[Call, Depends(change, scope="function")]
Look = Annotated[Call, Depends(look, scope="function")]


def version(
    if_match: Annotated[str | None, Header(description='The version read, such as "3"')] = None,
) -> int:
    """The version that the caller has read; raises `VersionMissing`."""
    found = re.fullmatch(r'"(\d{1,9})"', if_match or "")
    if found is None:
        raise VersionMissing("If-Match", "", 'a versioned resource is changed with If-Match: "version"')
    return int(found[1])


Version = Annotated[int, Depends(version)]


def key(
    idempotency_key: Annotated[str | None, Header(description="A fresh value for each new request")] = None,
) -> str:
    """The caller's key for this request; raises `KeyMissing`."""
    if not idempotency_key or len(idempotency_key) > 200:
        raise KeyMissing("Idempotency-Key", "", "this request needs one, of at most 200 characters")
    return idempotency_key


Key = Annotated[str, Depends(key)]
