"""From a draft to the plan that people read: rooms by name, times with their zone, reasons as sentences."""

from collections.abc import Mapping
from datetime import time

from scheduler.planning.demand import Demand, on_site_reason
from scheduler.planning.draft import Draft, Placement
from scheduler.planning.outcome import Booking, Part, Plan, Session, Side, Unscheduled
from scheduler.timeline import local


def plan_of(draft: Draft, placements: Mapping[str, Placement], cost: int, bound: int) -> Plan:
    """The plan with these placements; whatever has none is unscheduled with the reason."""
    problem = draft.problem
    bookings = tuple(_booking(draft, draft.demands[key], placements[key]) for key in sorted(placements))
    missing = sorted(set(draft.demands) - placements.keys())
    return Plan(
        bookings=bookings,
        unscheduled=tuple(_why_unscheduled(draft, draft.demands[key]) for key in missing),
        cost=cost,
        bound=bound,
        seed=problem.seed,
        problem_digest=problem.digest,
        rules_digest=problem.rule_book.digest,
    )


def _booking(draft: Draft, demand: Demand, placement: Placement) -> Booking:
    parts = []
    for place, (venue_id, number) in enumerate(placement.rooms):
        experts = demand.experts_at_home if place == 0 else demand.guest_seats[place - 1]
        parts.append(
            Part(
                side=Side.GUEST if place else Side.HOME,
                venue_id=venue_id,
                room_id=draft.venues[venue_id].rooms[number].room_id,
                seats=experts if place else demand.home_seats,
                experts=experts,
            )
        )
    reasons = [on_site_reason(demand.project, draft.problem)]
    if placement.split:
        reasons.append(demand.why_split or "no rooms were free together in time on the opening day")
    return Booking(
        project_id=demand.project.project_id,
        parts=tuple(parts),
        sessions=tuple(_session(draft, demand, nth, placement) for nth in range(len(placement.sessions))),
        split=placement.split,
        avoidable=placement.avoidable,
        reason="; ".join(reason for reason in reasons if reason),
    )


def _session(draft: Draft, demand: Demand, nth: int, placement: Placement) -> Session:
    day, start, length = placement.sessions[nth]
    begins = local(day, time()) + start * draft.grid
    return Session(begins, begins + min(length * draft.grid, demand.durations[nth]))


def _why_unscheduled(draft: Draft, demand: Demand) -> Unscheduled:
    """The first rule that leaves no place, in the order a person would ask."""
    project = demand.project
    horizon = len(demand.days)
    hosts = [venue_id for venue_id in draft.venues if draft.may_host(demand, venue_id)]
    if not demand.lengths:
        code, reason = "no_hours", "the home venue has no hours between resume time and cutoff"
    elif len(demand.lengths) > horizon:
        code = "too_long"
        reason = f"needs {len(demand.lengths)} sessions; plan.horizon_wd allows {horizon} working days"
    elif not draft.fitting(project.home, demand.home_seats, demand):
        code, reason = (
            "no_home_room",
            f"no room at {project.home} has {demand.home_seats} seats and the equipment",
        )
    elif demand.guest_seats and len(hosts) < len(demand.guest_seats):
        code = "no_guest_venue"
        reason = f"{len(demand.guest_seats)} guest venues needed; {len(hosts)} in other regions have a fitting room"
    else:
        code = "no_free_time"
        reason = f"home and guests have no rooms and experts free together within {horizon} working days"
    return Unscheduled(project.project_id, code, reason)
