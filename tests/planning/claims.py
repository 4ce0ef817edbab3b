"""A judge of explanations: it recomputes what a sentence claims from the plain plan, and asks the checker."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from scheduler.planning.outcome import Booking, Part, Session, Side
from scheduler.timeline import ZONE
from scheduler.verification.plans import verify_plan
from scheduler.verification.plans.account import cost_of
from scheduler.verification.plans.facts import Facts, facts_of, minutes, step_up
from scheduler.verification.plans.shape import is_elsewhere

ACCOUNT = {"the_cost_is_as_stated", "the_bound_is_below_the_cost", "the_plan_answers_the_problem"}
STATED = {"split_is_as_stated", "avoidable_is_as_stated", "a_split_carries_its_reason"}
TIMES = {
    "evaluation_follows_the_opening",
    "starts_lie_on_the_grid",
    "sessions_end_by_the_cutoff",
    "sessions_keep_venue_hours",
    "splits_go_to_working_days",
    "splits_resume_from_the_hour",
    "the_opening_day_holds_it_whole",
    "sessions_lie_in_the_horizon",
}


def moment(text):
    """The local time in a sentence."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


class Judge:
    """One plan of a problem; nothing here knows of slots, boards or drafts."""

    def __init__(self, problem, plan):
        self.problem, self.plan = problem, plan
        self.venues = {venue.venue_id: venue for venue in problem.venues}
        self.bookings = {booking.project_id: booking for booking in plan.bookings}
        self.projects = {project.project_id: project for project in problem.projects}
        self.facts = {p.project_id: facts_of(problem, p) for p in problem.projects}

    def with_(self, *changed, problem=None):
        """The plan with these bookings in place of what was, for the problem or another one."""
        problem = problem or self.problem
        ids = {booking.project_id for booking in changed}
        return replace(
            self.plan,
            bookings=tuple(b for b in self.plan.bookings if b.project_id not in ids) + changed,
            unscheduled=tuple(m for m in self.plan.unscheduled if m.project_id not in ids),
            problem_digest=problem.digest,
            rules_digest=problem.rule_book.digest,
        )

    def broken(self, *changed, problem=None):
        """The rules that the plan breaks with these bookings, but for its own account."""
        problem = problem or self.problem
        found = verify_plan(problem, self.with_(*changed, problem=problem))
        return {violation.rule for violation in found} - ACCOUNT

    def is_legal(self, *changed, problem=None):
        """Whether it breaks none; what a booking says of itself apart."""
        return not self.broken(*changed, problem=problem) - STATED

    def cost(self, *changed):
        """What the checker says that the plan with these bookings costs."""
        lawful = {name: fact for name, fact in self.facts.items() if isinstance(fact, Facts)}
        return cost_of(self.problem, lawful, self.with_(*changed))

    def is_free(self, venue_id, room_id, start, end, without):
        """Whether nobody but that project sits in the room, nothing else holds it, and its venue is open."""
        venue = self.venues[venue_id]
        low, high = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        opens, closes = venue.hours_on(start.date())
        if start.date() != end.date() or low < minutes(opens) or high > minutes(closes):
            return False
        uses = [
            (session.start, session.end)
            for booking in self.plan.bookings
            if booking.project_id != without
            for part in booking.parts
            if (part.venue_id, part.room_id) == (venue_id, room_id)
            for session in booking.sessions
        ]
        held = self.problem.commitments
        uses += [(c.start, c.end) for c in held if (c.venue_id, c.room_id) == (venue_id, room_id)]
        uses += [(b.start, b.end) for b in venue.blocked if b.room_id in (None, room_id)]
        return not any(begin < end and start < until for begin, until in uses)

    def suited(self, project_id, place, venue_id):
        """The rooms of a venue with the seats and equipment of that place."""
        project, fact = self.projects[project_id], self.facts[project_id]
        seats = fact.seats(place)[0]
        return [
            room.room_id
            for room in self.venues[venue_id].rooms
            if room.seats >= seats and project.equipment <= room.equipment
        ]

    def guests(self, project_id, place):
        """The venues that may sit in that place by region, refusals and rooms."""
        fact = self.facts[project_id]
        refused = {r.venue_id for r in self.problem.refusals if r.project_id == project_id}
        return [
            venue.venue_id
            for venue in self.problem.venues
            if venue.venue_id not in refused | {fact.home.venue_id}
            and is_elsewhere(fact.home, venue, fact.rules.remote_guest_scope)
            and self.suited(project_id, place, venue.venue_id)
        ]

    def booking(self, project_id, rooms, start):
        """A booking of one session in these rooms, home first."""
        fact = self.facts[project_id]
        parts = []
        for place, (venue_id, room_id) in enumerate(rooms):
            seats, experts = fact.seats(place)
            parts.append(Part(Side.GUEST if place else Side.HOME, venue_id, room_id, seats, experts))
        split = start.date() != fact.opening_day
        end = start + timedelta(minutes=fact.length(step_up(fact.work, fact.grid)))
        avoidable = split and fact.fits_opening_day()
        return Booking(project_id, tuple(parts), (Session(start, end),), split, avoidable, "tried")

    def starts(self, project_id, first, last):
        """Every moment of the grid from the first until before the last, by day."""
        grid = timedelta(minutes=self.facts[project_id].grid)
        start = first.replace(hour=0, minute=0, second=0, microsecond=0)
        while start < last:
            if start >= first:
                yield start
            start += grid

    def free_places(self, project_id, first, last):
        """Bookings of one session in rooms that are free; the checker has not seen them."""
        fact = self.facts[project_id]
        home = fact.home.venue_id
        length = timedelta(minutes=fact.length(step_up(fact.work, fact.grid)))
        places = range(1, fact.project.guest_count + 1 if fact.remote else 1)

        def free(place, venue_id, start):
            rooms = self.suited(project_id, place, venue_id)
            return next(
                (r for r in rooms if self.is_free(venue_id, r, start, start + length, project_id)), None
            )

        for start in self.starts(project_id, first, last):
            own = free(0, home, start)
            if own is None:
                continue
            options = [
                [(v, room) for v in self.guests(project_id, place) if (room := free(place, v, start))]
                for place in places
            ]
            for team in product(*options):
                if len({venue_id for venue_id, _ in team}) == len(team):
                    yield self.booking(project_id, [(home, own), *team], start)

    def is_exact(self, project_id):
        """Whether an explanation claims more than that nothing was found, and trying every team is affordable.

        Several guests may share a supply: then not all teams are looked at. Of teams of three and more there
        are too many to ask the checker about each.
        """
        fact = self.facts[project_id]
        guests = fact.project.guest_count if fact.remote else 0
        return guests < 2 or (guests == 2 and not self.problem.supply)

    def has_place(self, project_id, first, last):
        """Whether any of them is legal, asked of the checker one by one."""
        return any(self.is_legal(found) for found in self.free_places(project_id, first, last))
