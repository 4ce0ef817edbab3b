"""Third layer, on demand: a smallest set of rules that together keep a project from a better place, or from any.

Rules are left out one at a time (Chinneck and Dravnieks' deletion filter, ORSA J. Computing 3, 1991): whose
absence still leaves no place is left out for good; what stays is irreducible. Every place that is found is
passed by the checker in the problem without the rules that are out, and breaks in the true one no other rule.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from scheduler.planning.board.task import Task
from scheduler.planning.explain.helps import could_be_better, when
from scheduler.planning.explain.rules import BY_NAME, LAWFUL, LEAVABLE, source_of
from scheduler.planning.explain.setting import OF_THE_PLAN, Setting, broken_by
from scheduler.planning.explain.teams import is_exact
from scheduler.planning.outcome import Booking, Plan
from scheduler.planning.problem import Problem
from scheduler.planning.reasons.said import Said
from scheduler.timeline import ZONE

MOST_PLANS = 80
"""Problems with rules left out that are planned and checked: the budget of one answer."""
MOST_PROJECTS = 12
"""Projects whose places are planned together; a home with more of mixed kinds is not looked into."""

DAY = timedelta(hours=23, minutes=59)


@dataclass(frozen=True, slots=True)
class Clashing:
    """One rule of the set: where it is written, and the place without it alone, if there is one.

    `witness` is a place without it and without all rules outside the set: why the set needs it.
    """

    name: str
    parameter: str
    source: str
    alone: Booking | None
    witness: Booking

    @property
    def said(self) -> Said:
        """The rule with its source, and what would be so without it alone."""
        facts = {"rule": self.name}
        if self.parameter:
            facts |= {"parameter": self.parameter, "source": self.source}
        if self.alone is not None:
            facts["when"] = when(self.alone)
        return Said(f"clash_{'rule' if self.parameter else 'fact'}{'_alone' if self.alone else ''}", facts)


@dataclass(frozen=True, slots=True)
class Clash:
    """Rules that together leave no better place; without any one of them, and those not named, there is one.

    `proven` says that every start, room and guest was looked at; otherwise none was *found*. Without rules
    nothing is known: no place was found even without all of them, or the budget was spent. `free` is a better
    place that breaks no rule at all.
    """

    rules: tuple[Clashing, ...]
    proven: bool
    plans: int
    goal: str
    """What was looked for: a place on the "opening_day", an "earlier" one, or "any"."""
    free: Booking | None = None

    @property
    def said(self) -> Said:
        """What the rules do together, or that no such set was found."""
        if self.free is not None:
            return Said("free_place", {"when": when(self.free)})
        facts = {"goal": self.goal, "count": str(len(self.rules)), "plans": str(self.plans)}
        if not self.rules:
            return Said("clash_not_found", facts)
        return Said("clash_proven" if self.proven else "clash_found", facts)


def clash(problem: Problem, plan: Plan, project_id: str) -> Clash | None:
    """The clashing rules; None where there is no better place to wish for, or the model is too large.

    Raises `BadInput` when the plan does not know the project.
    """
    setting = Setting(problem, plan, project_id)
    if not could_be_better(setting) or len(setting.near.projects) > MOST_PROJECTS:
        return None
    return _Filter(setting).clash()


class _Filter:
    """The deletion filter over one project's rules, with the places that it has found."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.goal = _goal(setting)
        if self.goal == "opening_day":
            opened = setting.project.opening_at.astimezone(ZONE)
            setting.latest = opened.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        self.plans = 0
        self._found: list[tuple[Booking, frozenset[str]]] = []
        """Places, each with the rules that have to be out for it."""
        self._none: set[frozenset[str]] = set()
        self._binding = [rule.name for rule in LEAVABLE if rule.leave(setting, setting.near) != setting.near]

    def clash(self) -> Clash:
        """The clashing rules."""
        self._place(())
        for name in self._binding:
            self._place((name,))
        out = self._left_out()
        # A place found for one set may break less than the set allows, and so be one for a set tried before.
        while (again := self._left_out()) != out:
            out = again
        free = self._place(())
        if free is not None:
            return Clash((), False, self.plans, self.goal, free)
        kept = [name for name in self._binding if name not in out]
        rules = tuple(
            self._told(name, self._place((name,)), witness)
            for name in kept
            if (witness := self._place((*out, name))) is not None
        )
        if self.plans > MOST_PLANS or len(rules) < len(kept):
            return Clash((), False, min(self.plans, MOST_PLANS), self.goal)
        return Clash(rules, bool(rules) and self._is_proven(out), self.plans, self.goal)

    def _left_out(self) -> list[str]:
        """The rules without which, all together, there is still no better place: none can be added to them."""
        out: list[str] = []
        for name in self._binding:
            if self._place((*out, name)) is None:
                out.append(name)
        return out

    def _told(self, name: str, alone: Booking | None, witness: Booking) -> Clashing:
        parameters = BY_NAME[name].parameters
        parameter = parameters[0] if parameters else ""
        source = source_of(self.setting.problem.rule_book, self.setting, parameter) if parameter else ""
        return Clashing(name, parameter.replace("_", ".", 1), source, alone, witness)

    def _without(self, out: Collection[str]) -> Problem:
        problem = self.setting.near
        for rule in LEAVABLE:
            if rule.name in out:
                problem = rule.leave(self.setting, problem)
        return problem

    def _place(self, out: Collection[str]) -> Booking | None:
        """A better place without these rules, if one is found that breaks no other."""
        without = frozenset(out)
        known = next((booking for booking, needed in self._found if needed <= without), None)
        if known is not None or without in self._none:
            return known
        self.plans += 1
        booking = self.setting.tried(self._without(out)) if self.plans <= MOST_PLANS else None
        if booking is not None:
            needed = self._needed(booking, without)
            if needed is not None:
                self._found.append((booking, needed))
                return booking
        self._none.add(without)
        return None

    def _needed(self, booking: Booking, out: frozenset[str]) -> frozenset[str] | None:
        """Which of the rules have to be out for the booking to be lawful; None when it breaks others as well."""
        broken = self._broken(booking, frozenset())
        needed = frozenset(name for name in out if BY_NAME[name].breaks & broken)
        for name in sorted(needed):
            others = set[str]().union(*(BY_NAME[other].breaks for other in needed - {name}))
            # A rule that shares its violation with another may not be the one that is in the way.
            if BY_NAME[name].breaks & broken <= others and not self._broken(booking, needed - {name}):
                needed -= {name}
        allowed = frozenset[str]().union(*(BY_NAME[name].breaks for name in needed))
        # Of what is unlawful as a whole the checker counts nothing further.
        beyond = frozenset() if LAWFUL in broken else broken - allowed
        return None if beyond or self._broken(booking, needed) else needed

    def _broken(self, booking: Booking, out: frozenset[str]) -> frozenset[str]:
        """The rules that the booking breaks without those that are out, but for what it says of itself."""
        return broken_by(self.setting, self._without(out), booking) - OF_THE_PLAN

    def _is_proven(self, out: Collection[str]) -> bool:
        """Whether the search without the rules that are out missed nothing.

        It looks at every start, room and guest of one session. It does not look at all layouts of several
        sessions, at all teams of guests that share a region's supply, nor past the horizon.
        """
        setting = self.setting
        draft, nth = setting.placed(self._without(out))
        if nth is None:
            return True  # a fact of its own decides, on whatever day
        if setting.latest is None and "sessions_lie_in_the_horizon" in out:
            return False
        task = draft.board.tasks[nth]
        one = task.length and _one_session_everywhere(task, draft.board.hours)
        return bool(one) and is_exact(draft, task) and setting.earlier(draft, nth) is None


def _goal(setting: Setting) -> str:
    """What a better place would be: a split one is wished onto its opening day, unless it waits although it must be."""
    booking, placement = setting.booking, setting.placement
    if booking is None or placement is None or setting.nth is None:
        return "any"
    waits = not booking.avoidable and placement.price > setting.board.least[setting.nth]
    return "opening_day" if booking.split and not waits else "earlier"


def _one_session_everywhere(task: Task, hours: tuple[tuple[int, int], ...]) -> bool:
    """Whether one day holds the work at all venues it may sit in, so that several sessions are never lawful."""
    opens, closes = hours[task.home]
    spans = [(opens, closes), *((max(opens, hours[v][0]), min(closes, hours[v][1])) for v in task.guests)]
    return all(task.brief.work <= task.brief.shifts.day_holds(*span) for span in spans)
