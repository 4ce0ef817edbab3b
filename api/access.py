"""Who may call what: one table of routes and roles. A route that is not in it answers nobody.

Which *rows* a caller sees within a route, and which fields of them, is `api.disclosure`'s and the views' part.
"""

from api.disclosure import Role

ANYONE = frozenset(Role)
STAFF = frozenset((Role.OPERATOR, Role.SUPERVISOR))
WATCHERS = frozenset((Role.OPERATOR, Role.HOST, Role.SUPERVISOR, Role.MACHINE))

OPEN = frozenset(
    (
        "GET /",
        "GET /healthz",
        "GET /readyz",
        "GET /docs",
        "GET /openapi.json",
        "GET /verify",
        "GET /verify/page",
        "POST /sessions",
        "WEBSOCKET /live",
    )
)
"""Routes that need no token."""

ROLES: dict[str, frozenset[Role]] = {
    "GET /me": ANYONE,
    "GET /board": ANYONE - {Role.EXPERT},
    "GET /centres": ANYONE,
    "GET /venues": ANYONE,
    "GET /rules": ANYONE,
    "GET /support": ANYONE,
    "GET /projects": STAFF | {Role.MACHINE},
    "GET /projects/{project_id}": STAFF | {Role.MACHINE},
    "POST /projects": frozenset((Role.OPERATOR,)),
    "POST /openings": frozenset((Role.OPERATOR,)),
    "GET /plans": STAFF,
    "GET /plans/{plan_id}": STAFF,
    "GET /plans/{plan_id}/board": STAFF,
    "POST /plans": frozenset((Role.OPERATOR,)),
    "DELETE /plans/{plan_id}": frozenset((Role.OPERATOR,)),
    "POST /plans/{plan_id}/publish": frozenset((Role.OPERATOR,)),
    "GET /projects/{project_id}/offers": frozenset((Role.OPERATOR,)),
    "GET /projects/{project_id}/forecast": STAFF | {Role.MACHINE},
    "GET /projects/{project_id}/explanation": STAFF | {Role.MACHINE},
    "POST /projects/{project_id}/placement": frozenset((Role.OPERATOR,)),
    "POST /projects/{project_id}/cancellation": frozenset((Role.OPERATOR,)),
    "POST /projects/{project_id}/postponement": frozenset((Role.OPERATOR,)),
    "POST /projects/{project_id}/overrun": frozenset((Role.OPERATOR,)),
    "POST /venues/{venue_id}/outages": frozenset((Role.HOST, Role.OPERATOR)),
    "POST /supply-limits": STAFF,
    "GET /guest-requests": frozenset((Role.HOST,)),
    "POST /guest-requests/{request_id}/answer": frozenset((Role.HOST,)),
    "GET /draws": WATCHERS,
    "GET /draws/{draw_id}": ANYONE,
    "GET /draws/{draw_id}/sealed": ANYONE,
    "POST /projects/{project_id}/draws": frozenset((Role.OPERATOR,)),
    "POST /draws/{draw_id}/redraws": frozenset((Role.OPERATOR,)),
    "POST /draw-batches": frozenset((Role.OPERATOR,)),
    "GET /draw-batches/{batch_id}": WATCHERS,
    "POST /projects/{project_id}/open-draws": frozenset((Role.OPERATOR,)),
    "GET /open-draws/{draw_id}": WATCHERS,
    "POST /open-draws/{draw_id}/promises": frozenset((Role.OPERATOR, Role.SUPERVISOR, Role.HOST)),
    "POST /open-draws/{draw_id}/reveals": frozenset((Role.OPERATOR, Role.SUPERVISOR, Role.HOST)),
    "DELETE /open-draws/{draw_id}": frozenset((Role.OPERATOR,)),
    "POST /open-draws/{draw_id}/finish": frozenset((Role.OPERATOR,)),
    "GET /projects/{project_id}/draws/forecast": STAFF | {Role.MACHINE},
    "GET /projects/{project_id}/widenings": STAFF | {Role.MACHINE},
    "POST /projects/{project_id}/widenings": frozenset((Role.OPERATOR,)),
    "POST /widenings/{widening_id}/decision": frozenset((Role.SUPERVISOR,)),
    "GET /projects/{project_id}/panel": ANYONE,
    "GET /invitations": frozenset((Role.EXPERT,)),
    "POST /invitations/{invitation_id}/answer": frozenset((Role.EXPERT,)),
    "POST /projects/{project_id}/opening": frozenset((Role.OPERATOR,)),
    "POST /check-ins": frozenset((Role.HOST, Role.OPERATOR)),
    "POST /projects/{project_id}/start": frozenset((Role.OPERATOR,)),
    "POST /projects/{project_id}/sections/{section_id}/finish": frozenset((Role.OPERATOR,)),
    "POST /projects/{project_id}/result": frozenset((Role.OPERATOR,)),
    "GET /reports/fairness": STAFF,
    "GET /reports/durations": STAFF,
    "GET /live/sse": ANYONE,
    "GET /webhooks": WATCHERS | {Role.ADMINISTRATOR},
    "GET /webhooks/{webhook_id}": WATCHERS | {Role.ADMINISTRATOR},
    "POST /webhooks": WATCHERS,
    "DELETE /webhooks/{webhook_id}": WATCHERS | {Role.ADMINISTRATOR},
    "POST /webhooks/{webhook_id}/enable": WATCHERS,
    "POST /webhooks/{webhook_id}/replay": WATCHERS,
    "GET /accounts": frozenset((Role.ADMINISTRATOR,)),
    "POST /accounts": frozenset((Role.ADMINISTRATOR,)),
    "POST /accounts/{account_id}/revoke": frozenset((Role.ADMINISTRATOR,)),
}
"""Routes that need a token, with the roles that may call them."""


def may_call(role: Role, route: str) -> bool:
    """Whether the role may call the route, such as "GET /board"."""
    return role in ROLES.get(route, frozenset())
