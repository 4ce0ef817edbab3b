"""The worker: takes ordered plans one at a time, solves each in a child process, and saves what is sound."""

import logging
import threading
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

from api.office import Office
from api.services import plans
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
        """Take order after order."""
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as solver:
            while not self._stopping.wait(IDLE_SECONDS):
                try:
                    while self.work(solver):
                        pass
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
