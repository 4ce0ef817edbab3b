"""The 22:00 watch as hosts and centres meet it: over HTTP, done by the worker, told over the websocket."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from websockets.sync.client import connect

import api.worker
from api.app import create_app
from api.disclosure import Role, Viewer, disclose_event
from api.events import Entry, Event
from api.settings import Settings
from api.store import projects as rows
from api.watch import watch_evaluations
from api.worker import Worker
from tests.service.test_changes_of_plans import booked, evaluating, told  # noqa: F401 - the same running day
from tests.service.test_changes_over_http import call  # noqa: F401 - the same callers
from tests.serving import serving

TEN = timedelta(minutes=10)


class Follower:
    """A client of the live channel, from the beginning of its topic."""

    def __init__(self, port, token, topic):
        self.connecting = connect(f"ws://127.0.0.1:{port}/live", subprotocols=["yidi.v1"])
        self.token, self.topic, self.seen = token, topic, []

    def __enter__(self):
        self.socket = self.connecting.__enter__()
        self.until("hello")
        self.say(type="authenticate", token=self.token)
        self.until("welcome")
        self.say(type="subscribe", topics={self.topic: {"after": 0}})
        self.until("subscribed")
        return self

    def __exit__(self, *raised):
        self.connecting.__exit__(*raised)

    def say(self, **message):
        self.socket.send(json.dumps(message))

    def until(self, kind):
        """The next message of that type; events on the way are kept."""
        while True:
            message = json.loads(self.socket.recv(timeout=30))
            if message["type"] == "events":
                self.seen += [event for event in message["events"] if not event.get("hidden")]
            if message["type"] == kind:
                return message

    def hears(self, kind, serial):
        """The facts of the next event of that kind about that evaluation."""
        while True:
            for nth, event in enumerate(self.seen):
                if event["kind"] == kind and event["facts"]["serial"] == serial:
                    del self.seen[: nth + 1]
                    return event["facts"]
            self.until("events")


def finish_one(office, call, operator, project_id):  # noqa: F811
    """The operator records the first open section as done, unless it is the last."""
    with office.reading() as session:
        still = [s for s in rows.sections_of(session, project_id) if not s.failed and s.finished_at is None]
    assert len(still) > 1
    project = call(operator, "GET", f"/projects/{project_id}")
    where = f"/projects/{project_id}/sections/{still[0].section_id}/finish"
    done = call(operator, "POST", where, {}, If_Match=project.headers["etag"])
    assert done.status_code == 200, done.text


@pytest.fixture
def watching_worker(monkeypatch):
    """Starts a worker that looks ten times a second; it is stopped at the end."""
    monkeypatch.setattr(api.worker, "WATCH_SECONDS", 0.1)
    monkeypatch.setattr(api.worker, "IDLE_SECONDS", 0.05)
    started = []

    def start(office):
        office.rehearsal = False  # so that the worker keeps the watch, not the demo
        started.append(Worker(office))
        started[-1].start()

    yield start
    for worker in started:
        worker.stop()
        worker.join()


def until_warned(office, call, operator, project_id, line):  # noqa: F811
    """The clock goes on until the forecast warns; the outlook then, and all alarms on the way."""
    alarms = []
    while office.clock.now() < line:
        seen = call(operator, "GET", f"/projects/{project_id}/forecast").json()
        alarms.append(seen["alarm"])
        if seen["alarm"] == "warn":
            return seen, alarms
        office.clock.advance(TEN)
    raise AssertionError(alarms)


def test_a_guest_host_hears_the_end_move_the_warning_and_the_split(evaluating, town, call, watching_worker):  # noqa: F811
    office, project_id, operator = evaluating
    tokens, before = town[1], booked(office)[project_id]
    guest = before.guests[0].venue_id
    serial = call(operator, "GET", f"/projects/{project_id}").json()["serial"]
    line = before.start.replace(hour=22, minute=0)
    with (
        serving(create_app(Settings(), office)) as port,
        Follower(port, tokens[f"host-{guest}"], f"venue/{guest}") as host,
    ):
        early = host.hears("evaluation.started", serial)
        office.clock.reach(before.start + timedelta(hours=2, minutes=20))
        finish_one(office, call, operator, project_id)
        late = host.hears("evaluation.progressed", serial)
        assert late["forecast_end"] > early["forecast_end"], "a slow section moves the end"
        assert late["latest_end"] > late["forecast_end"]

        project = call(operator, "GET", f"/projects/{project_id}")
        more = {"work_minutes": 480}  # eval.max_continuous
        path = f"/projects/{project_id}/overrun"
        assert call(operator, "POST", path, more, If_Match=project.headers["etag"]).status_code == 200
        before = booked(office)[project_id]
        assert len(before.sessions) == 1, "rooms into the evening, and none on another day"
        seen, alarms = until_warned(office, call, operator, project_id, line)
        assert alarms == sorted(alarms, key=["calm", "watch", "warn"].index)
        assert 0.5 < seen["probability"] <= 0.8
        slot = datetime.fromisoformat(seen["proposed_start"]).astimezone(before.start.tzinfo)
        assert (slot.date() > before.start.date(), slot.hour >= 9, slot.weekday() < 5) == (True, True, True)
        assert not seen["overdue"], "people may answer the proposal first"

        watching_worker(office)
        warned = host.hears("forecast.changed", serial)
        assert (warned["alarm"], warned["booking_id"]) == ("warn", early["booking_id"])
        assert datetime.fromisoformat(warned["proposed_start"]) == slot
        assert warned["probability"] == pytest.approx(seen["probability"], abs=0.01)
        assert booked(office)[project_id] == before, "a warning alone moves nothing"
        office.clock.reach(line - 4 * TEN)
        split = host.hears("forecast.changed", serial)
        assert split["alarm"] == "split"
        host.hears("split.scheduled", serial)
    after = booked(office)[project_id]
    assert after.sessions[0].end <= line
    assert after.sessions[1].start >= slot
    watch_evaluations(office)
    calmed = call(operator, "GET", f"/projects/{project_id}/forecast").json()
    assert (calmed["alarm"], calmed["proposed_start"]) == ("calm", None), "what is left has its session"
    board = call(f"host-{guest}", "GET", f"/board?date={before.start.date()}").json()
    shown = [s for s in board["sessions"] if s["booking_id"] == split["booking_id"]]
    assert {s["alarm"] for s in shown} == {"calm"}
    ends = {datetime.fromisoformat(s["forecast_end"]) for s in shown}
    assert {end.date() for end in ends} == {slot.date()}


def test_the_same_is_told_once_and_again_only_when_it_is_otherwise(evaluating, call):  # noqa: F811
    office, project_id, _ = evaluating

    def heard():
        return [e for e in told(office, "audit")
                if e.kind == "forecast.changed" and e.facts["project_id"] == project_id]  # fmt: skip

    watch_evaluations(office)
    first = len(heard())
    watch_evaluations(office)
    office.clock.advance(timedelta(minutes=1))
    watch_evaluations(office)
    assert len(heard()) == first
    office.clock.advance(timedelta(hours=3))
    watch_evaluations(office)
    (last,) = heard()[first:]
    assert last.facts["forecast_end"] > office.clock.now().isoformat()[:13]


def test_a_taken_proposal_is_a_booking_and_no_longer_proposed(evaluating, call):  # noqa: F811
    office, project_id, operator = evaluating
    before = booked(office)[project_id]
    office.clock.reach(before.start.replace(hour=20, minute=10))
    finish_one(office, call, operator, project_id)
    seen = call(operator, "GET", f"/projects/{project_id}/forecast").json()
    project = call(operator, "GET", f"/projects/{project_id}")
    done = call(operator, "POST", f"/projects/{project_id}/overrun", {}, If_Match=project.headers["etag"])
    assert done.status_code == 200, done.text
    start = datetime.fromisoformat(seen["proposed_start"])
    assert booked(office)[project_id].sessions[1].start == start
    later = call(operator, "GET", f"/projects/{project_id}/forecast").json()
    assert (later["proposed_start"], later["overdue"]) == (None, False)


def test_the_board_of_the_region_shows_end_and_alarm_but_neither_project_nor_proposal():
    facts = {
        "serial": "A-001", "project_id": "P1", "project": "x", "forecast_end": "t", "alarm": "warn",
        "probability": 0.6, "proposed_start": "t", "region": "532301",
    }  # fmt: skip
    viewer = Viewer("h", Role.HOST, venue_ids=frozenset({"V09"}))
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    entry = Entry("region/5323", 1, 1, Event("e", "forecast.changed", now, "worker", facts))
    assert set(disclose_event(entry, viewer, now)) == {"serial", "forecast_end", "alarm", "region"}
    assert disclose_event(replace(entry, topic="venue/V09"), viewer, now) == facts, "it hosts this one"
    assert disclose_event(replace(entry, topic="public"), Viewer("p", Role.PUBLIC), now) is None
