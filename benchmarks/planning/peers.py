"""The planners of one run: each answers a frozen instance by name, and tells how it got there."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.planning.apart import cpu_seconds
from benchmarks.planning.instances import instance
from benchmarks.planning.monolithic import solve_whole
from benchmarks.planning.shop import pyjobshop
from scheduler.planning import Budget, Plan, Problem, Progress, first_come_first_served, solve
from scheduler.planning.cores import solve_on

CORES = 2

Point = tuple[float, int | None, int]
"""Seconds from the start, the cost of the best plan so far if there is one, and the proven bound."""


@dataclass(slots=True)
class Answer:
    """A planner's plan, when it had a first one, how cost and bound went, and what it says of itself."""

    plan: Plan | None = None
    first: Plan | None = None
    first_s: float | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    course: list[Point] = field(default_factory=list)
    own_bound: int | None = None
    note: str = ""


def yidi(name: str, times: int) -> Answer:
    """The planner with its budget of iterations, so many times over; its first plan is made again for the checker."""

    def act(problem: Problem, answer: Answer, since: Callable[[], float]) -> None:
        def told(progress: Progress) -> None:
            if answer.first_s is None:
                answer.first_s = since()
            answer.course.append((since(), progress.cost, progress.bound))

        suited = Budget.suited_to(len(problem.projects))
        budget = Budget(times * suited.iterations, times * suited.exchanges)
        answer.plan = solve_on(CORES, problem, budget, told)
        answer.own_bound = answer.plan.bound

    answer = _timed(name, act)
    answer.first = solve(instance(name), Budget(0))
    return answer


def telephone(name: str) -> Answer:
    """First come, first served: its one plan is its first and last."""

    def act(problem: Problem, answer: Answer, since: Callable[[], float]) -> None:
        answer.plan = first_come_first_served(problem)
        answer.first_s = since()
        answer.course = [(since(), answer.plan.cost, 0)]

    return _timed(name, act)


def monolithic(name: str, seconds: float) -> Answer:
    """CP-SAT on the whole problem in one model, starts of about three days; several-day work is left out."""

    def act(problem: Problem, answer: Answer, since: Callable[[], float]) -> None:
        def told(cost: int | None, bound: int) -> None:
            if cost is not None and answer.first_s is None:
                answer.first_s = since()
            answer.course.append((since(), cost, bound))

        ceiling = 2 * problem.wishes.avoidable_split
        found = solve_whole(problem, seconds, workers=CORES, ceiling=ceiling, told=told)
        answer.plan, answer.own_bound = found.plan, found.bound
        answer.note = "its bound is of its own model: starts within about three days, no work of several days"

    return _timed(name, act)


def shop(name: str, seconds: float) -> Answer:
    """PyJobShop; it tells its own measure alone while it works, so its course is its last plan."""

    def act(problem: Problem, answer: Answer, since: Callable[[], float]) -> None:
        found = pyjobshop(problem, seconds)
        answer.plan = found.plan
        if found.first_s is not None:
            answer.first_s = round(since() - found.solver_s + found.first_s, 3)
        if answer.plan is not None:
            answer.course = [(since(), answer.plan.cost, 0)]
        answer.note = "no balance, no price of a split, no work of several days"

    return _timed(name, act)


def _timed(name: str, act: Callable[[Problem, Answer, Callable[[], float]], None]) -> Answer:
    """The answer to the instance, its clock started when the instance is there."""
    problem, answer = instance(name), Answer()
    cpu, start = cpu_seconds(), time.perf_counter()
    act(problem, answer, lambda: round(time.perf_counter() - start, 3))
    answer.seconds, answer.cpu_seconds = round(time.perf_counter() - start, 2), round(cpu_seconds() - cpu, 2)
    return answer
