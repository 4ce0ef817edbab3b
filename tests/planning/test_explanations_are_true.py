"""Whatever the plan, every sentence of an explanation is so: recomputed from the plain plan, or by the checker."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.planning import (
    Budget,
    Cancelled,
    NewProject,
    Offline,
    first_come_first_served,
    problem_after,
    replan,
    solve,
)
from scheduler.planning.chance import ticket, tie
from scheduler.planning.explain import clash, explain
from scheduler.planning.explain.rules import BY_NAME, LEAVABLE
from scheduler.planning.explain.setting import OF_THE_PLAN, Setting
from scheduler.timeline import ZONE
from scheduler.venues import Room
from scheduler.verification.plans import verify_plan
from scheduler.verification.plans.facts import minutes, step_up
from tests.planning.claims import TIMES, Judge, moment
from tests.planning.test_planner_properties import MONDAY, problem_of

SEEN = Counter()


def answered(number):
    """A problem and a legal plan of it: searched, by telephone, or after a change with what has begun."""
    problem = problem_of(number)
    match number % 5:
        case 0:
            return problem, first_come_first_served(problem)
        case 1 if problem.projects:
            plan = solve(problem, Budget(0))
            change = Cancelled(problem.projects[0].project_id)
            now = datetime.combine(MONDAY, time(0), ZONE)
        case 2 if problem.venues:
            plan = solve(problem, Budget(0))
            start = datetime.combine(MONDAY, time(8), ZONE)
            change = Offline(problem.venues[0].venue_id, None, start, start + timedelta(hours=30))
            now = datetime.combine(MONDAY, time(11), ZONE)
        case 3 if problem.projects:
            plan = solve(replace(problem, projects=problem.projects[1:]), Budget(0))
            change, now = NewProject(problem.projects[0]), datetime.combine(MONDAY, time(10), ZONE)
            problem = replace(problem, projects=problem.projects[1:])
        case _:
            return problem, solve(problem, Budget(30))
    return problem_after(problem, plan, change, now), replan(problem, plan, change, now)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**40))
def test_every_sentence_of_an_explanation_is_so(number):
    problem, plan = answered(number)
    judge = Judge(problem, plan)
    for project in problem.projects:
        explanation = explain(problem, plan, project.project_id)
        assert explanation.facts, "there is always something to say"
        for said in explanation.facts:
            SEEN[said.code] += 1
            assert said.sentence("zh") != said.sentence("en")
            judged = FACTS[said.code]
            assert judged(judge, project.project_id, said.facts), (said.code, said.sentence())
        for found in explanation.helps:
            SEEN[found.kind] += 1
            assert found.said.sentence("zh") != found.sentence
            helps(judge, project.project_id, found)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**40))
def test_each_clashing_rule_is_needed_and_its_places_break_no_other(number):
    problem, plan = answered(number)
    judge = Judge(problem, plan)
    for project in problem.projects:
        found = clash(problem, plan, project.project_id)
        if found is None:
            continue
        SEEN[found.said.code] += 1
        if found.free is not None:
            assert judge.is_legal(found.free)
        names = {rule.name for rule in found.rules}
        if found.proven:
            assert not place_under(names, Setting(problem, plan, project.project_id), found.goal)
        others = set().union(*(BY_NAME[name].breaks for name in BY_NAME.keys() - names))
        for rule in found.rules:
            own = BY_NAME[rule.name].breaks
            assert rule.said.sentence("zh") != rule.said.sentence("en")
            broken = judge.broken(rule.witness) - OF_THE_PLAN
            assert broken & own, "without its absence the place would not be"
            assert broken <= own | others | of_the_unlawful(own)
            if rule.alone is not None:
                broken = judge.broken(rule.alone) - OF_THE_PLAN
                assert broken & own
                assert broken <= own | of_the_unlawful(own)


def place_under(names, setting, goal):
    """Whether, these rules alone being kept of those that can be left out, there is a better place after all."""
    relaxed = setting.near
    for rule in LEAVABLE:
        if rule.name not in names:
            relaxed = rule.leave(setting, relaxed)
    nobody = replace(setting.plan, bookings=(), unscheduled=())
    judge = Judge(relaxed, nobody)
    fact = judge.facts[setting.project_id]
    if isinstance(fact, str):
        return False
    first = datetime.combine(fact.opening_day, time(), ZONE)
    last = first + timedelta(days=1 if goal == "opening_day" else 4)
    if goal == "earlier":
        last = min(last, setting.booking.start - timedelta(minutes=29))
    return any(map(judge.is_legal, islice(judge.free_places(setting.project_id, first, last), 200)))


def of_the_unlawful(breaks):
    """The checker lets nobody count towards the share of a home that has no lawful project."""
    return {"no_pair_meets_too_often"} if "only_lawful_projects_are_booked" in breaks else set()


def helps(judge, project_id, found):
    """The place that is promised is legal in the whole plan under what the help changes, and better."""
    problem, now = judge.problem, judge.bookings.get(project_id)
    project = judge.projects[project_id]
    assert found.said.facts["when"] == f"{found.booking.start.astimezone(ZONE):%Y-%m-%d %H:%M}"
    if now is not None:
        assert found.booking.start + timedelta(minutes=30) <= now.start
    changed = (found.booking,)
    match found.kind:
        case "shorter":
            fact = judge.facts[project_id]
            less = step_up(fact.work, fact.grid) - int(found.said.facts["less"])
            kept = tuple(entry for entry in problem.durations if entry[0] != project_id)
            problem = replace(problem, durations=(*kept, (project_id, timedelta(minutes=less))))
        case "fewer_guests":
            fewer = replace(project, guest_count=project.guest_count - 1)
            problem = replace(problem, projects=tuple(fewer if p is project else p for p in problem.projects))
        case "more_rooms":
            home = judge.venues[project.home]
            added = Room(found.booking.home.room_id, int(found.said.facts["seats"]), project.equipment)
            assert added.room_id not in {room.room_id for room in home.rooms}
            bigger = replace(home, rooms=(*home.rooms, added))
            problem = replace(problem, venues=tuple(bigger if v is home else v for v in problem.venues))
        case "move_other":
            assert found.moved.project_id == found.said.facts["other"]
            assert found.said.facts["to"] == f"{found.moved.start.astimezone(ZONE):%Y-%m-%d %H:%M}"
            changed = (found.booking, found.moved)
        case "free_place":
            pass
    assert judge.is_legal(*changed, problem=problem), (found.kind, judge.broken(*changed, problem=problem))


def split_work(judge, project_id, said):
    fact = judge.facts[project_id]
    work = step_up(fact.work, fact.grid)
    return (int(said["work"]), int(said["most"])) == (work, fact.most_work) and work > fact.most_work


def earliest_end(judge, project_id):
    fact = judge.facts[project_id]
    day, minute = fact.ready()
    minute += 24 * 60 * (day - fact.opening_day).days
    start = max(minute, step_up(minutes(fact.home.hours_on(fact.opening_day)[0]), fact.grid))
    return start, start + fact.length(step_up(fact.work, fact.grid))


def split_late(judge, project_id, said):
    fact = judge.facts[project_id]
    line = int(said["line"]) if "line" in said else int(said["closes"])
    true_line = (
        fact.cutoff if "line" in said else minutes(judge.venues[said["venue"]].hours_on(fact.opening_day)[1])
    )
    start, end = earliest_end(judge, project_id)
    return (start, end, line) == (int(said["from"]), int(said["end"]), true_line) and end > line


def split_rooms(judge, project_id, said):
    fact = judge.facts[project_id]
    start, end = earliest_end(judge, project_id)
    assert (start, end) == (int(said["from"]), int(said["end"]))
    if not fact.fits_opening_day() or not judge.is_exact(project_id):
        return fact.fits_opening_day()
    first = datetime.combine(fact.opening_day, time(), ZONE)
    return not judge.has_place(project_id, first, first + timedelta(hours=23))


def split_free(judge, project_id, said):
    fact = judge.facts[project_id]
    free = moment(said["when"])
    return free.date() == fact.opening_day and judge.has_place(project_id, free, free + timedelta(minutes=1))


def free_now(judge, project_id, said):
    fact, free = judge.facts[project_id], moment(said["when"])
    if fact.work > fact.most_work:
        return True  # then a help with the same place is judged
    return judge.has_place(project_id, free, free + timedelta(minutes=1))


def on_site(judge, project_id, said):
    fact = judge.facts[project_id]
    return not fact.remote and said["exemption"] == fact.project.exemption in fact.rules.remote_exempt


def at_once(judge, project_id, said):
    fact, now = judge.facts[project_id], judge.bookings[project_id]
    first = datetime.combine(fact.opening_day, time(), ZONE)
    length = now.end - now.start
    assert moment(said["when"]) == now.start
    problem = replace(judge.problem, projects=(fact.project,))
    empty = replace(judge.plan, bookings=(), unscheduled=())
    ready = fact.project.opening_at.astimezone(ZONE) - timedelta(hours=1)
    day = now.start.replace(hour=0, minute=0)
    tried = [*judge.starts(project_id, max(first, ready), min(now.start, first + timedelta(hours=24)))]
    tried += list(judge.starts(project_id, max(first, day), now.start))[-30:]
    for start in tried:
        session = replace(now.sessions[0], start=start, end=start + length)
        split = start.date() != fact.opening_day
        alone = replace(now, parts=now.parts[:1], sessions=(session,), split=split)
        found = {violation.rule for violation in verify_plan(problem, replace(empty, bookings=(alone,)))}
        if not found & TIMES:
            return False
    return True


def no_earlier(judge, project_id, said):
    fact, now = judge.facts[project_id], judge.bookings[project_id]
    if not judge.is_exact(project_id):
        return moment(said["when"]) == now.start
    first = datetime.combine(fact.opening_day, time(), ZONE)
    return moment(said["when"]) == now.start and not judge.has_place(project_id, first, now.start)


def home_taken(judge, project_id, said):
    fact = judge.facts[project_id]
    start = moment(said["when"])
    end = start + timedelta(minutes=fact.length(step_up(fact.work, fact.grid)))
    named = [name for name in said["projects"].split(", ") if name]
    here = {
        name: {
            part.room_id
            for part in judge.bookings[name].parts
            if part.venue_id == fact.home.venue_id
            and any(s.start < end and start < s.end for s in judge.bookings[name].sessions)
        }
        for name in judge.bookings
        if name != project_id
    }
    rooms = set(judge.suited(project_id, 0, fact.home.venue_id))
    assert sorted(name for name, held in here.items() if held & rooms) == sorted(named)
    return not any(
        judge.is_free(fact.home.venue_id, room, start, end, project_id) for room in rooms
    ) and rooms <= set().union(*here.values(), rooms if "projects_and_more" in said else ())


def home_taken_otherwise(judge, project_id, said):
    return home_taken(judge, project_id, {**said, "projects_and_more": ""})


def experts_short(judge, project_id, said):
    start = moment(said["when"])
    return bool(judge.problem.supply) and not judge.has_place(project_id, start, start + timedelta(minutes=1))


def guests_short(judge, project_id, said):
    fact, start = judge.facts[project_id], moment(said["when"])
    if fact.project.guest_count > 1:
        return True
    tried = list(judge.free_places(project_id, start, start + timedelta(minutes=1)))
    legal = sum(judge.is_legal(booking) for booking in tried)
    told = tuple(int(said[name]) for name in ("able", "rooms", "free", "needed"))
    return told == (len(judge.guests(project_id, 1)), len(tried), 0, 1) and legal == 0


def home_free(judge, project_id, said):
    start = moment(said["when"])
    return judge.has_place(project_id, start, start + timedelta(minutes=1))


def dearer(judge, project_id, said):
    start = moment(said["when"])
    found = [
        judge.cost(booking)
        for booking in judge.free_places(project_id, start, start + timedelta(minutes=1))
        if [part.venue_id for part in booking.guests] == said["guests"].split(", ")
        and judge.is_legal(booking)
    ]
    more = int(said["other_cost"]) - int(said["own_cost"])
    first = datetime.combine(judge.facts[project_id].opening_day, time(), ZONE)
    return found[:1] == [judge.cost() + more] and not judge.has_place(project_id, first, start)


def guest(judge, project_id, said):
    """What is told of the guest, and of those that could have been it, each put in its place for the checker."""
    now, name = judge.bookings[project_id], said["guest"]
    place = [part.venue_id for part in now.parts].index(name)
    others = [b for b in judge.plan.bookings if b.project_id != project_id]
    home = now.home.venue_id
    assert int(said["supports"]) == sum(part.venue_id == name for b in others for part in b.guests)
    assert int(said["before"]) == sum(p.projects for p in judge.problem.support_history if p.venue_id == name)
    met = sum(p.projects for p in judge.problem.pair_history if (p.home, p.guest) == (home, name))
    met += sum(b.home.venue_id == home and name in {part.venue_id for part in b.guests} for b in others)
    assert int(said["met"]) == met
    assert int(said["seats"]) == judge.venues[name].seats
    assert int(said["seed"]) == judge.problem.seed
    costs = {}
    for venue_id in judge.guests(project_id, place):
        for room in judge.suited(project_id, place, venue_id):
            if all(judge.is_free(venue_id, room, s.start, s.end, project_id) for s in now.sessions):
                part = replace(now.parts[place], venue_id=venue_id, room_id=room)
                other = replace(now, parts=(*now.parts[:place], part, *now.parts[place + 1 :]))
                if venue_id == name or judge.is_legal(other):
                    costs[venue_id] = judge.cost(other)
                    break
    if len(now.guests) > 1 and judge.problem.supply:
        return True  # two guests of a region share its experts: who could sit alone need not sit beside the other
    own = costs[name]
    equal = sorted(venue_id for venue_id, cost in costs.items() if cost == own)
    cheaper = sum(cost < own for cost in costs.values())
    assert (int(said["free"]), int(said["equal"]), int(said["cheaper"])) == (len(costs), len(equal), cheaper)
    mine = ticket(judge.problem.seed, project_id)
    lots = {venue_id: tie(mine, ticket(judge.problem.seed, venue_id)) for venue_id in equal}
    first = min(equal, key=lambda venue_id: lots[venue_id]) == name
    code = "only" if len(costs) == 1 else "not_least" if cheaper else "least" if len(equal) == 1 else "lot"
    return code == said["expected"] and (code != "lot" or first == said["first"])


def guest_is(expected, first=True):
    return lambda judge, project_id, said: guest(
        judge, project_id, {**said, "expected": expected, "first": first}
    )


def unlawful(judge, project_id, said):
    return isinstance(judge.facts[project_id], str) and said["text"] == judge.facts[project_id]


def split_closed(judge, project_id, said):
    fact = judge.facts[project_id]
    opens, closes = fact.home.hours_on(fact.opening_day)
    return said["venue"] == fact.home.venue_id and opens == closes


def no_home_room(judge, project_id, said):
    fact = judge.facts[project_id]
    return not judge.suited(project_id, 0, fact.home.venue_id) and int(said["seats"]) == fact.seats(0)[0]


def no_guest_venue(judge, project_id, said):
    able = len(judge.guests(project_id, 1))
    needed = judge.facts[project_id].project.guest_count
    return (int(said["able"]), int(said["needed"])) == (able, needed) and able < needed


def never_open(judge, project_id, said):
    fact = judge.facts[project_id]
    opens = step_up(max(fact.resume, minutes(fact.home.usual[0])), fact.grid)
    return min(fact.cutoff, minutes(fact.home.usual[1])) - opens < fact.grid and not fact.fits_opening_day()


def no_session(judge, project_id, said):
    fact = judge.facts[project_id]
    opens = step_up(max(fact.resume, minutes(fact.home.usual[0])), fact.grid)
    return min(fact.cutoff, minutes(fact.home.usual[1])) - opens < fact.grid


def beyond_horizon(judge, project_id, said):
    fact = judge.facts[project_id]
    return int(said["sessions"]) > int(said["days"]) == fact.rules.plan_horizon_wd


def no_common_time(judge, project_id, said):
    fact = judge.facts[project_id]
    assert int(said["seats"]) == fact.seats(0)[0]
    if "able" in said and fact.project.guest_count == 1:
        assert int(said["able"]) == len(judge.guests(project_id, 1))
    if not judge.is_exact(project_id) or said["sessions"] != "1":
        return True
    first = datetime.combine(fact.opening_day, time(), ZONE)
    return not judge.has_place(project_id, first, first + timedelta(days=5))


def suspended(judge, project_id, said):
    begun = next(b for b in judge.problem.begun if b.project_id == project_id)
    return [part.room_id for part in begun.parts] == said["rooms"].split(", ")


FACTS = {
    "split_work": split_work,
    "split_work_on_grid": split_work,
    "split_line": split_late,
    "split_hours": split_late,
    "split_closed": split_closed,
    "split_rooms": split_rooms,
    "split_home_room": split_rooms,
    "split_free": split_free,
    "on_site": on_site,
    "sessions": lambda judge, name, said: len(judge.bookings[name].sessions) == int(said["count"]) > 1,
    "begun": lambda judge, name, _: any(b.project_id == name for b in judge.problem.begun),
    "at_once": at_once,
    "no_earlier": no_earlier,
    "free_now": free_now,
    "home_taken": home_taken,
    "home_taken_by_both": home_taken_otherwise,
    "home_taken_by_others": home_taken_otherwise,
    "experts_short": experts_short,
    "guests_short": guests_short,
    "home_free": home_free,
    "dearer": dearer,
    "cheaper_now": dearer,
    "guest_only": guest_is("only"),
    "guest_least": guest_is("least"),
    "guest_not_least": guest_is("not_least"),
    "guest_by_lot": guest_is("lot"),
    "guest_by_search": guest_is("lot", first=False),
    "home_unknown": lambda judge, name, said: said["venue"] not in judge.venues,
    "panel_not_lawful": unlawful,
    "no_home_room": no_home_room,
    "no_guest_venue": no_guest_venue,
    "never_open": never_open,
    "no_session": no_session,
    "beyond_horizon": beyond_horizon,
    "no_common_time": no_common_time,
    "no_common_time_with_guests": no_common_time,
    "suspended": suspended,
}
