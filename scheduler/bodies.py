"""Bodies (单位): groups, their employers, their departments, and how many of each may sit on one panel.

They nest, which keeps the draw a flow: a body is named by its path from the outside in.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from scheduler.errors import BadInput, require
from scheduler.people import Expert
from scheduler.projects import Project
from scheduler.rules import Rules

Body = tuple[str, ...]
"""(group), (group, employer) or (group, employer, department); the group is "" for an employer of none."""

Path = tuple[str, str, str]
"""The group, employer and department of one expert, "" where there is none."""

LEVELS = ("group", "employer", "department")


@dataclass(frozen=True, slots=True)
class Caps:
    """The most members of one body on a panel, by level; `seated` members already sit and use up caps."""

    employer: int
    group: int | None = None
    department: int | None = None
    seated: Mapping[Body, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for level in LEVELS:
            cap = getattr(self, level)
            require(
                cap is None or (type(cap) is int and cap >= 1), f"{level}_cap", cap, "at least one member"
            )

    def after(self, paths: Iterable[Body]) -> "Caps":
        """The same caps with members of these paths already seated."""
        seated = Counter(body for path in paths for body in self.chain(path))
        return Caps(self.employer, self.group, self.department, seated)

    def at(self, level: int) -> int | None:
        """The cap of a level: 0 group, 1 employer, 2 department."""
        return (self.group, self.employer, self.department)[level]

    def chain(self, path: Body) -> tuple[Body, ...]:
        """The capped bodies that someone with this path belongs to, the largest first."""
        return tuple(
            path[: level + 1] for level, name in enumerate(path) if name and self.at(level) is not None
        )

    def outermost(self, path: Body) -> Body:
        """The largest capped body of this path."""
        return path[:1] if path[0] and self.group is not None else path[:2]

    def of(self, body: Body) -> int:
        """How many more members of the body may sit."""
        return max(0, (self.at(len(body) - 1) or 0) - self.seated.get(body, 0))

    def full(self, path: Body) -> bool:
        """Whether nobody with this path may be added."""
        return any(self.of(body) == 0 for body in self.chain(path))


def path_of(expert: Expert) -> Path:
    """The expert's bodies, from the group to the department."""
    return (expert.employer_group or "", expert.employer, expert.department or "")


def caps_of(project: Project, rules: Rules) -> Caps:
    """The caps for the project's panel: the count, and for employers the fraction where a rule sets one."""
    fraction = rules.panel_same_employer_max_fraction or Fraction(1)
    return Caps(
        employer=max(1, min(rules.panel_same_employer_max_count, floor(fraction * project.panel_size))),
        group=rules.panel_same_group_max_count,
        department=rules.panel_same_department_max_count,
    )


def refuse_split_employers(experts: Iterable[Expert]) -> None:
    """Raise `BadInput` when one employer is said to belong to two groups, which would evade the group's cap."""
    groups: dict[str, str] = {}
    for expert in experts:
        if groups.setdefault(expert.employer, expert.employer_group or "") != (expert.employer_group or ""):
            raise BadInput("employer_group", expert.employer, "an employer belongs to one group")
