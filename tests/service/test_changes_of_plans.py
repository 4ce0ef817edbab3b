"""A published plan and what happens to it: every change is heard over HTTP, answered by a re-plan, and told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from api.demo import Demo
from api.files.openings import made_up
from api.planning.replanning import work_of
from api.store import bookings, engagements, ledger, venues
from api.store import projects as rows
from api.watch import watch_evaluations
from models.bookings import ReservationRow
from models.engagements import SittingRow
from models.projects import ProjectState
from tests.service.days import publish_day
from tests.service.test_changes_over_http import PROJECT, call  # noqa: F401 - the same callers

ON = date(2026, 11, 26)
HERE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def day(town):
    """The office with a made-up day planned, published and agreed to by every guest."""
    office, _ = town
    now = office.clock.now()
    with office.changing() as session:
        made = made_up(ON, venues.load_all(session), office.book, 30).projects
        publish_day(session, office, ON, now, made, iterations=50)
    return office


def post(call, account, path, json=None, key=None):  # noqa: F811
    """Post a change of a project under the version that it has, or of something else under a key."""
    if key is not None:
        return call(account, "POST", path, json or {}, Idempotency_Key=key)
    project = call(account, "GET", path.rpartition("/")[0])
    return call(account, "POST", path, json or {}, If_Match=project.headers["etag"])


def booked(office):
    """The value of each holding booking, by project."""
    with office.reading() as session:
        held = bookings.held(session)
        return {value.project_id: value for value in bookings.values(session, held)}


def told(office, topic="centre/C01"):
    with office.reading() as session:
        return [entry.event for entry in ledger.replay(session, topic, 0, 10_000)]


def one_at(office, venue_id, place=0):
    """A project with a part at the venue in that place of its booking."""
    return next(
        pid for pid, b in sorted(booked(office).items())
        if len(b.parts) > place and b.parts[place].venue_id == venue_id
    )  # fmt: skip


def no_room_is_held_twice(office):
    with office.reading() as session:
        held = session.exec(select(ReservationRow).where(ReservationRow.active)).all()
    for one in held:
        for other in held:
            if one is not other and one.room_id == other.room_id:
                assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at


def test_a_late_project_is_offered_places_and_takes_one_while_nobody_moves(day, call):  # noqa: F811
    before = booked(day)
    post(call, "operator-C01", "/projects", PROJECT, key="late")
    offered = call("operator-C01", "GET", "/projects/BRIDGE-1/offers").json()
    assert 1 <= len(offered) <= 3
    assert [one["added_cost"] for one in offered] == sorted(one["added_cost"] for one in offered)
    best = offered[0]
    wrong = {"seed": best["seed"], "start": "2026-11-26T03:00:00+08:00"}
    stale = post(call, "operator-C01", "/projects/BRIDGE-1/placement", wrong)
    assert (stale.status_code, stale.json()["code"]) == (409, "plan_is_stale")
    taken = post(call, "operator-C01", "/projects/BRIDGE-1/placement",
                 {"seed": best["seed"], "start": best["start"]})  # fmt: skip
    assert taken.json() == {"moved": 0, "placed": 1, "lost": 0, "stuck": 0}, taken.text
    after = booked(day)
    late = after.pop("BRIDGE-1")
    assert after == before
    assert [part.room_id for part in late.parts] == best["room_ids"]
    assert late.start == datetime.fromisoformat(best["start"])
    project = call("operator-C01", "GET", "/projects/BRIDGE-1").json()
    assert (project["state"], project["reason"]) == ("guest_pending", "")
    again = post(call, "operator-C01", "/projects/BRIDGE-1/placement")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    no_room_is_held_twice(day)


def test_a_late_project_without_an_offer_is_placed_where_it_is_best(day, call):  # noqa: F811
    post(call, "operator-C01", "/projects", PROJECT, key="late")
    placed = post(call, "operator-C01", "/projects/BRIDGE-1/placement")
    assert placed.json()["placed"] == 1, placed.text
    assert told(day)[-1].kind == "guest.requested"
    no_room_is_held_twice(day)


def test_a_withdrawn_project_frees_its_rooms_and_is_told(day, call):  # noqa: F811
    gone = one_at(day, "V01")
    guest = booked(day)[gone].guests[0].venue_id
    done = post(call, "operator-C01", f"/projects/{gone}/cancellation", {"reason": "采购人撤回"})
    assert done.status_code == 200, done.text
    assert gone not in booked(day)
    project = call("operator-C01", "GET", f"/projects/{gone}").json()
    assert (project["state"], project["reason"], project["start"]) == ("cancelled", "采购人撤回", None)
    for topic in ("centre/C01", f"venue/{guest}"):
        assert "booking.cancelled" in [event.kind for event in told(day, topic)]
    assert [e.facts["code"] for e in told(day) if e.kind == "project.cancelled"] == ["cancelled"]
    again = post(call, "operator-C01", f"/projects/{gone}/cancellation", {"reason": "again"})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_a_postponed_opening_takes_the_booking_along_to_its_new_day(day, call):  # noqa: F811
    late = one_at(day, "V01")
    before = booked(day)
    new = {"opening_at": "2026-11-30T10:00:00+08:00", "reason": "澄清"}
    done = post(call, "operator-C01", f"/projects/{late}/postponement", new)
    assert done.status_code == 200, done.text
    assert done.json()["moved"] >= 1
    after = booked(day)
    assert after[late].start >= datetime(2026, 11, 30, 10, 30, tzinfo=HERE)
    moved = {pid for pid in before if before[pid] != after[pid]}
    assert len(moved) <= 2, "a postponed opening moves hardly anyone else"
    project = call("operator-C01", "GET", f"/projects/{late}").json()
    assert project["opening_at"] == "2026-11-30T02:00:00Z"
    assert project["serial"] == "A-001", "on its new day it is the first"
    assert project["state"] == "guest_pending", "a guest agreed to another time and is asked again"
    event = next(event for event in told(day) if event.kind == "opening.postponed")
    assert event.facts["from_opening_at"] < event.facts["opening_at"]
    past = post(
        call, "operator-C01", f"/projects/{late}/postponement", {**new, "opening_at": "2026-11-01T10:00Z"}
    )
    assert past.status_code == 422
    no_room_is_held_twice(day)


def test_whoever_sat_in_a_room_that_is_out_of_service_sits_elsewhere_then(day, call):  # noqa: F811
    before = booked(day)
    hurt = one_at(day, "V01")
    room = before[hurt].home.room_id
    outage = {"room_id": room, "start": "2026-11-26T00:00:00+08:00", "end": "2026-11-27T00:00:00+08:00",
              "reason": "空调故障"}  # fmt: skip
    foreign = call("host-V02", "POST", "/venues/V01/outages", outage, Idempotency_Key="x")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")
    done = post(call, "host-V01", "/venues/V01/outages", outage, key="x")
    assert done.status_code == 201, done.text
    assert done.json()["moved"] + done.json()["lost"] >= 1
    assert post(call, "host-V01", "/venues/V01/outages", outage, key="x").json() == done.json(), "once"
    midnight = datetime(2026, 11, 27, tzinfo=HERE)
    for booking in booked(day).values():
        if any(part.room_id == room for part in booking.parts):
            assert booking.start >= midnight
    with day.reading() as session:
        venue = next(v for v in venues.load_all(session) if v.venue_id == "V01")
    assert [block.room_id for block in venue.blocked] == [room]
    kinds = [event.kind for event in told(day)]
    assert kinds.index("venue.blocked") < kinds.index("booking.moved")
    no_room_is_held_twice(day)


def test_a_move_to_another_room_at_the_same_time_keeps_what_its_guests_have_agreed_to(day, call):  # noqa: F811
    before = booked(day)
    hurt = one_at(day, "V01")
    outage = {"room_id": before[hurt].home.room_id, "start": before[hurt].start.isoformat(),
              "end": before[hurt].end.isoformat(), "reason": "检修"}  # fmt: skip
    post(call, "operator-C01", "/venues/V01/outages", outage, key="x")
    after = booked(day)
    for project_id in before:
        old, new = before[project_id], after[project_id]
        state = call("operator-C01", "GET", f"/projects/{project_id}").json().get("state")
        if state and old.sessions == new.sessions and old.guests == new.guests:
            assert state == "booked"


def test_with_fewer_experts_in_a_region_its_venues_are_guests_no_more(day, call):  # noqa: F811
    guest = next(b.guests[0].venue_id for _, b in sorted(booked(day).items()) if b.guests)
    with day.reading() as session:
        region = next(v.region for v in venues.load_all(session) if v.venue_id == guest)
    given = {"region": region, "experts": 0, "day": "2026-11-26", "reason": "全员培训"}
    foreign = post(
        call, "operator-C01" if region != "532300" else "operator-C02", "/supply-limits", given, key="s"
    )
    assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")
    done = post(call, "supervisor-5323", "/supply-limits", given, key="s")
    assert done.status_code == 201, done.text
    assert done.json()["moved"] + done.json()["lost"] >= 1
    for booking in booked(day).values():
        for part in booking.parts:
            seated = part.venue_id == guest and part.experts
            assert not (seated and any(s.start.date() == ON for s in booking.sessions))
    assert "supply.limited" in [event.kind for event in told(day, "region/5323")]


def test_more_bids_than_expected_get_more_time_once_they_are_known(day, call):  # noqa: F811
    project_id = one_at(day, "V01")
    with day.reading() as session:
        sections = [section.section_id for section in rows.sections_of(session, project_id)]
    bids = {section: [f"9153{nth:014d}" for nth in range(25)] for section in sections}
    day.clock.reach(datetime(2026, 11, 26, 9, 30, tzinfo=HERE))
    opened = post(call, "operator-C01", f"/projects/{project_id}/opening", {"bidders": bids})
    assert opened.status_code == 200, opened.text
    seen = call("operator-C01", "GET", f"/projects/{project_id}/forecast").json()
    assert seen["overdue"]
    assert seen["work_minutes"] > seen["booked_minutes"]
    watch_evaluations(day)
    later = call("operator-C01", "GET", f"/projects/{project_id}/forecast").json()
    assert not later["overdue"]
    assert later["booked_minutes"] >= seen["work_minutes"]
    no_room_is_held_twice(day)
    same = booked(day)
    watch_evaluations(day)
    assert booked(day) == same, "who has enough time is left alone"


@pytest.fixture
def evaluating(town):
    """A simulated day at the moment at which an evaluation of several sections has begun: which, and its operator."""
    office, _ = town
    demo, now = Demo(office, office.clock, 60.0), office.clock.now()
    for _ in range(36 * 6):
        demo.step(now)
        with office.reading() as session:
            running = [row for row in rows.rows_of(session) if row.state == ProjectState.EVALUATING]
            for row in running:
                sections = rows.sections_of(session, row.project_id)
                if sum(not s.failed for s in sections) >= 3 and not any(s.finished_at for s in sections):
                    return office, row.project_id, f"operator-C{row.home[1:]}"
        now = office.clock.advance(timedelta(minutes=10))
    raise AssertionError("such an evaluation begins within the day")


def slow(office, call, operator, project_id):  # noqa: F811
    """The clock stands at ten past eight in the evening, when one section of many is done."""
    start = booked(office)[project_id].start
    office.clock.reach(start.replace(hour=20, minute=10))
    with office.reading() as session:
        first = next(s.section_id for s in rows.sections_of(session, project_id) if not s.failed)
    where = f"/projects/{project_id}/sections/{first}/finish"
    project = call(operator, "GET", f"/projects/{project_id}")
    done = call(operator, "POST", where, {}, If_Match=project.headers["etag"])
    assert done.status_code == 200, done.text


def test_an_evaluation_that_will_pass_the_line_goes_on_next_working_day_with_its_panel(evaluating, call):  # noqa: F811
    office, project_id, operator = evaluating
    before = booked(office)[project_id]
    slow(office, call, operator, project_id)
    seen = call(operator, "GET", f"/projects/{project_id}/forecast").json()
    assert (seen["alarm"], seen["overdue"]) == ("split", True), seen
    watch_evaluations(office)
    after = booked(office)[project_id]
    assert after.parts == before.parts, "in its own rooms"
    assert after.start == before.start
    assert after.sessions[0].end <= before.start.replace(hour=22, minute=0)
    later = after.sessions[-1].start
    assert later.date() > before.start.date()
    assert (later.weekday() < 5, later.hour >= 9) == (True, True)
    with office.reading() as session:
        panel = {member.engagement_id for member in engagements.members(session, project_id)}
        sat = session.exec(select(SittingRow).where(SittingRow.active)).all()
        project = rows.load(session, project_id)
    assert panel
    for member in panel:
        theirs = sorted(s.starts_at for s in sat if s.engagement_id == member)
        assert theirs == [session.start for session in after.sessions]
    assert work_of(after, project, office) >= timedelta(minutes=seen["work_minutes"])
    kinds = [event.kind for event in told(office, "audit") if event.facts.get("project_id") == project_id]
    assert {"booking.moved", "split.scheduled"} <= set(kinds)
    no_room_is_held_twice(office)
    watch_evaluations(office)
    assert booked(office)[project_id] == after


def test_an_evaluation_whose_rooms_are_gone_is_named_and_keeps_what_it_has(evaluating, call):  # noqa: F811
    office, project_id, operator = evaluating
    before = booked(office)[project_id]
    start = before.start.replace(hour=21, minute=30)
    outage = {"start": start.isoformat(), "end": (start + timedelta(days=60)).isoformat(), "reason": "搬迁"}
    made = post(call, operator, f"/venues/{before.home.venue_id}/outages", outage, key="gone")
    assert made.status_code == 201, made.text
    slow(office, call, operator, project_id)
    stuck = post(call, operator, f"/projects/{project_id}/overrun")
    assert stuck.json()["stuck"] == 1, stuck.text
    assert booked(office)[project_id].parts == before.parts
    watch_evaluations(office)
    events = [
        event for event in told(office, "audit")
        if event.kind == "evaluation.suspended" and event.facts["project_id"] == project_id
    ]  # fmt: skip
    assert len(events) == 1, "it is said once"
    assert call(operator, "GET", f"/projects/{project_id}").json()["reason"] == events[0].facts["reason"]


def test_a_panel_drawn_for_a_time_that_is_moved_is_free_again(day, call):  # noqa: F811
    late = one_at(day, "V01")
    drawn = post(call, "operator-C01", f"/projects/{late}/draws", key="d")
    assert drawn.status_code == 201, drawn.text
    with day.reading() as session:
        assert engagements.members(session, late)
    new = {"opening_at": "2026-11-30T10:00:00+08:00", "reason": "澄清"}
    assert post(call, "operator-C01", f"/projects/{late}/postponement", new).status_code == 200
    with day.reading() as session:
        assert engagements.members(session, late) == []
        assert not [sitting for sitting in session.exec(select(SittingRow)) if sitting.active]
    assert call("operator-C01", "GET", f"/projects/{late}").json()["state"] == "guest_pending"
