"""The worker: takes ordered plans, and jobs of others' plans, one at a time; solves in a child process.

A plan of several provinces is divided into jobs that any worker may do; the plan is the same whoever does them.
"""

import logging
import secrets
import threading
import time
from contextlib import suppress
from datetime import timedelta

from api.office import Office
from api.planning import learning
from api.planning.queue import Hand, Queue
from api.planning.solver import Checking, Solver, SolverFailed
from api.refusals import WrongState
from api.retention import Retention
from api.services import guests, invitations, open_draws, plans, reallocations
from api.store import guests as guest_rows
from api.store import invitations as invitation_rows
from api.store import open_draws as open_draw_rows
from api.store import plans as rows
from api.watch import watch_evaluations
from models.plans import PlanState
from scheduler.planning import Budget, Outcome, Plan, Problem, Progress
from scheduler.planning.possible import outcome_of
from scheduler.planning.shards import solve_shards
from scheduler.planning.shards.parts import prefixes_of

LEASE = timedelta(minutes=1)
IDLE_SECONDS = 0.5
WATCH_SECONDS = 15.0
"""Seconds between two looks at all running evaluations."""
LEARN_SECONDS = 300.0
"""Seconds between two looks for finished evaluations to learn from."""
TOLD_EVERY = 1.0
"""Seconds between two reports of progress within one phase."""
ITERATIONS_PER_SECOND = 400
"""What a second of solving is worth in iterations, so that an order in seconds gives the same plan everywhere."""
SECONDS_PER_EXCHANGE = 6
"""One exact exchange, which takes some three seconds, for so many that were asked for."""
SHARDS_FROM = 1_500
"""Projects from which a problem of several provinces is planned province by province."""
DIGITS = 2
"""Of a region code: a province."""

log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Works until told to stop; a plan or a job whose worker died is taken again when its lease is over."""

    def __init__(
        self,
        office: Office,
        name: str = "worker-1",
        replay_days: int = 0,
        *,
        lease: timedelta = LEASE,
        shards_from: int = SHARDS_FROM,
    ) -> None:
        super().__init__(name=f"{name}-{secrets.token_hex(4)}", daemon=True)
        self._office, self._stopping = office, threading.Event()
        self._lease, self._shards_from = lease, shards_from
        self._retention = Retention(office, replay_days)

    def stop(self) -> None:
        """End after the plan at hand."""
        self._stopping.set()

    def run(self) -> None:
        """Take order after order, and between them keep the terms."""
        solver, watched = Solver(), time.monotonic()
        learned = watched - LEARN_SECONDS
        try:
            while not self._stopping.wait(IDLE_SECONDS):
                try:
                    while not self._stopping.is_set() and self.work(solver):
                        pass
                    if not self._office.rehearsal:  # a rehearsal's people keep their own time
                        keep_terms(self._office)
                        if time.monotonic() >= watched + WATCH_SECONDS:
                            watched = time.monotonic()
                            watch_evaluations(self._office)
                        if time.monotonic() >= learned + LEARN_SECONDS:
                            learned = time.monotonic()
                            learn_durations(self._office)
                    self._retention.keep()
                except Exception:
                    log.exception("worker failed name=%s", self.name)
        finally:
            solver.close()

    def work(self, solver: Solver) -> bool:
        """Do one job of a plan under way, or else solve one ordered plan; whether there was one."""
        office = self._office
        hand = Hand(office, self.name, solver, self._lease)
        if hand.work():
            return True
        with office.changing() as session:
            row = plans.claim(session, self.name, self._lease, office.clock.now())
            if row is None:
                return False
            plan_id = row.plan_id
            budget = Budget(row.seconds * ITERATIONS_PER_SECOND, row.seconds // SECONDS_PER_EXCHANGE)
            problem = plans.freeze(session, office, row)
        watching = Watching(office, plan_id, self.name, self._lease)
        try:
            outcome = self._solve(problem, budget, plan_id, hand, solver, watching)
            if isinstance(outcome, Plan) and (wrong := solver.do(Checking(problem, outcome), watching)):
                raise SolverFailed(f"the plan breaks {len(wrong)} rules, first {wrong[0].rule}")
        except SolverFailed as failed:
            log.exception("solver failed plan_id=%s", plan_id)
            with office.changing() as session:
                plans.fail(session, plan_id, self.name, f"solving failed: {failed}", office.clock.now())
            return True
        if outcome is not None:
            with office.changing() as session:
                row = rows.row(session, plan_id, lock=True)
                if row.state == PlanState.SOLVING and row.worker == self.name:
                    plans.save(session, plan_id, problem, outcome, objections=())
                    plans.tell(session, row, self.name, office.clock.now())
        return True

    def _solve(
        self, problem: Problem, budget: Budget, plan_id: str, hand: Hand, solver: Solver, watching: "Watching"
    ) -> Outcome | None:
        """What was found, in one or province by province; None when the order no longer stands.

        An order's seconds count for each province.
        """
        provinces = len(set(prefixes_of(problem, DIGITS).values()))
        if provinces < 2 or len(problem.projects) < self._shards_from:
            return solver.solve(problem, budget, watching)

        def planned() -> Plan:
            return solve_shards(
                problem,
                Budget(budget.iterations * provinces),
                digits=DIGITS,
                run=Queue(self._office, plan_id, hand, watching.stands),
                progress=watching.tell,
                stop=lambda: not watching.stands(),
            ).plan

        found = outcome_of(problem, planned)
        return found if watching.stands() else None


class Watching:
    """Tells of a solver's progress, keeps the lease, and says at each beat whether the order still stands."""

    def __init__(self, office: Office, plan_id: str, worker: str, lease: timedelta) -> None:
        self._office, self._plan_id, self._worker, self._lease = office, plan_id, worker, lease
        self._phase, self._next, self._last = "", time.monotonic(), Progress("started", 0, 0, 0)

    def tell(self, progress: Progress) -> None:
        """Whoever watches the order knows how far it is."""
        self(progress)

    def stands(self) -> bool:
        """Whether the order is still this worker's to solve; its lease is kept."""
        return self(None)

    def __call__(self, progress: Progress | None) -> bool:
        moment = time.monotonic()
        fresh = progress is not None and (progress.phase != self._phase or moment >= self._next)
        if progress is not None:
            self._last = progress
        if fresh or moment >= self._next + self._lease.total_seconds() / 4:
            self._phase, self._next = self._last.phase, moment + TOLD_EVERY
            with self._office.changing() as session:
                return plans.progress(
                    session, self._plan_id, self._worker, self._last, self._lease, self._office.clock.now()
                )
        with self._office.reading() as session:
            row = rows.row(session, self._plan_id)
            return row.state == PlanState.SOLVING and row.worker == self._worker


def keep_terms(office: Office) -> None:
    """What waits for answers whose time is over goes on without: questions, secrets of draws, a lost guest."""
    now = office.clock.now()
    with office.reading() as session:
        due = guest_rows.overdue(session, now) or invitation_rows.overdue(session, now)
        lost = reallocations.refused(session)
        late = open_draw_rows.overdue(session, now)
    if late:
        with office.changing() as session:
            open_draws.finish_overdue(session, office, now)
    if due:
        with office.changing() as session:
            guests.expire(session, now)
            invitations.expire(session, now)
            lost = reallocations.refused(session)
    for project_id in lost:
        with suppress(WrongState), office.changing() as session:  # another worker was faster
            problem = plans.alone(session, office, project_id, secrets.randbits(62))
            reallocations.reallocate(session, office, project_id, problem, actor="worker", now=now)


def learn_durations(office: Office) -> None:
    """Evaluations that have been finished are learned from; the model is fitted before anything is locked."""
    now = office.clock.now()
    with office.reading() as session:
        lesson = learning.study(session, office, now)
    if lesson is not None:
        with office.changing() as session:
            row = learning.adopt(session, lesson, now)
            log.info("durations learned version=%s records=%s", row.version, row.records)
