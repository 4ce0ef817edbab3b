"""The worker: takes ordered plans one at a time, solves each in a child process, and saves what is sound."""

import logging
import secrets
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import timedelta
from multiprocessing import get_context

from api.office import Office
from api.refusals import WrongState
from api.services import guests, invitations, plans, reallocations
from api.store import guests as guest_rows
from api.store import invitations as invitation_rows
from api.store import plans as rows
from scheduler.planning import Budget, solve

LEASE = timedelta(minutes=10)
IDLE_SECONDS = 0.5
ITERATIONS_PER_SECOND = 400
"""What a second of solving is worth in iterations, so that an order in seconds gives the same plan everywhere."""

log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Works until told to stop; a plan whose worker died is taken again when its lease is over."""

    def __init__(self, office: Office, name: str = "worker-1") -> None:
        super().__init__(name=name, daemon=True)
        self._office, self._stopping = office, threading.Event()

    def stop(self) -> None:
        """End after the plan at hand."""
        self._stopping.set()

    def run(self) -> None:
        """Take order after order, and between them keep the terms."""
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as solver:
            while not self._stopping.wait(IDLE_SECONDS):
                try:
                    while self.work(solver):
                        pass
                    if not self._office.rehearsal:  # a rehearsal's people keep their own time
                        keep_terms(self._office)
                except Exception:
                    log.exception("worker failed name=%s", self.name)

    def work(self, solver: ProcessPoolExecutor) -> bool:
        """Solve one ordered plan; whether there was one."""
        office = self._office
        with office.changing() as session:
            row = rows.claim(session, self.name, LEASE, office.clock.now())
            if row is None:
                return False
            plan_id, budget = row.plan_id, Budget(row.seconds * ITERATIONS_PER_SECOND)
            problem = plans.freeze(session, office, row)
        outcome = solver.submit(solve, problem, budget).result()
        with office.changing() as session:
            plans.save(session, plan_id, problem, outcome)
        return True


def keep_terms(office: Office) -> None:
    """Questions whose time is over count as unanswered, and whoever lost a guest gets the next one."""
    now = office.clock.now()
    with office.reading() as session:
        due = guest_rows.overdue(session, now) or invitation_rows.overdue(session, now)
        lost = reallocations.refused(session)
    if due:
        with office.changing() as session:
            guests.expire(session, now)
            invitations.expire(session, now)
            lost = reallocations.refused(session)
    for project_id in lost:
        with suppress(WrongState), office.changing() as session:  # another worker was faster
            problem = plans.alone(session, office, project_id, secrets.randbits(62))
            reallocations.reallocate(session, office, project_id, problem, actor="worker", now=now)
