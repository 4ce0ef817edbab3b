"""Explanations in three layers: facts, helps that the checker passed, and the rules that clash.

* `facts`: why split, on site, waiting, with this guest, or nowhere, worked out from the plan as it stands.
* `helps`: what would give a better place; each is a booking in a plan that the checker passed.
* `clash`: on demand, a smallest set of rules that together keep the project from a better place.

Where nothing is listed, nothing was *found*; only what says so is proven.
"""

from dataclasses import dataclass

from scheduler.planning.explain.clash import Clash, Clashing, clash
from scheduler.planning.explain.facts import facts
from scheduler.planning.explain.helps import Help, helps
from scheduler.planning.explain.setting import Setting
from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Problem
from scheduler.planning.reasons.said import Said

__all__ = ["Clash", "Clashing", "Explanation", "Help", "clash", "explain"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the project is where it is, or nowhere, and what would help."""

    project_id: str
    facts: tuple[Said, ...]
    helps: tuple[Help, ...]

    @property
    def why(self) -> tuple[str, ...]:
        """The facts as sentences in English."""
        return tuple(said.sentence() for said in self.facts)


def explain(problem: Problem, plan: Plan, project_id: str) -> Explanation:
    """The facts about a project's answer in a plan of the problem; raises `BadInput` when it has none.

    Where nothing that helps is found, `helps` is empty: that is no proof that nothing would.
    """
    setting = Setting(problem, plan, project_id)
    return Explanation(project_id, tuple(facts(setting)), tuple(helps(setting)))
