"""Who may sit on a panel, and for everyone else the reason (回避, 资格).

The grounds follow 招标投标法 art. 37, 实施条例 art. 46, 评标委员会和评标方法暂行规定 art. 12 and 财库〔2016〕198号
art. 16; what is configurable comes from the rule book. Chance and cost never enter here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from scheduler.bodies import Caps, caps_of, path_of
from scheduler.people import Expert, ExpertStatus, Pool, TieKind
from scheduler.planning.outcome import Session
from scheduler.projects import Project
from scheduler.rules import Rules
from scheduler.slots import Reach, Slot
from scheduler.timeline import ZONE


class Reason(StrEnum):
    """Why an expert is not eligible; the first that applies, in this order, is the one recorded."""

    NOT_ACTIVE = "not_active"
    TOO_OLD = "too_old"
    OTHER_REGION = "other_region"
    OTHER_SPECIALTY = "other_specialty"
    EMPLOYER_IS_PARTY = "employer_is_party"
    TIE_TO_PARTY = "tie_to_party"
    EMPLOYER_IS_BIDDER = "employer_is_bidder"
    TIE_TO_BIDDER = "tie_to_bidder"
    REFUSED_BEFORE = "refused_before"
    BUSY = "busy"
    TOO_SOON = "too_soon"
    WEEK_FULL = "week_full"
    MONTH_FULL = "month_full"
    SAME_CENTRE_RECENTLY = "same_centre_recently"
    EMPLOYER_SEATED = "employer_seated"
    CONFLICT_WITH_MEMBER = "conflict_with_member"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True, order=True)
class Engagement:
    """An evaluation an expert has a seat in, from its first start to its last end; `centre_id` ran it."""

    expert_id: str
    start: datetime
    end: datetime
    centre_id: str


@dataclass(frozen=True, slots=True)
class Excluded:
    """An expert who may not be drawn, and why."""

    expert_id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Screened:
    """The pool divided: who may be drawn, and everyone else with the reason; both by id."""

    eligible: tuple[Expert, ...]
    excluded: tuple[Excluded, ...]


def screen(
    pool: Pool,
    project: Project,
    slots: Sequence[Slot],
    sessions: Sequence[Session],
    engagements: Iterable[Engagement],
    rules: Rules,
    *,
    centre_id: str = "",
    members: Sequence[Expert] = (),
    refused: frozenset[str] = frozenset(),
    reserved: frozenset[str] = frozenset(),
) -> Screened:
    """Divide the pool for one draw.

    `members` already sit (a redraw): their conflicts exclude, and so do their employers once at the cap.
    `reserved` are scarce experts whom another draw of the batch cannot do without. `refused` declined, withdrew or
    were recused before in this project.
    """
    own = defaultdict(list)
    for engagement in engagements:
        own[engagement.expert_id].append(engagement)
    seated = {member.expert_id for member in members}
    caps = caps_of(project, rules).after(path_of(member) for member in members)
    case = _Case(
        project, tuple(slots), tuple(sessions), rules, centre_id, tuple(members), caps, refused, reserved
    )
    eligible, excluded = [], []
    for expert in pool:
        if expert.expert_id in seated:
            continue
        reason = case.reason(expert, own.get(expert.expert_id, ()))
        if reason is None:
            eligible.append(expert)
        else:
            excluded.append(Excluded(expert.expert_id, reason))
    return Screened(tuple(eligible), tuple(excluded))


@dataclass(frozen=True, slots=True)
class Sitting:
    """When a project's panel sits, for which centre, and under which rules."""

    sessions: tuple[Session, ...]
    rules: Rules
    centre_id: str

    def clashes(self, other: "Sitting") -> bool:
        """Whether nobody can sit on both panels: they overlap, follow too closely, or one centre asks too soon."""
        gap = max(self.rules.expert_min_gap_between_evals, other.rules.expert_min_gap_between_evals)
        first, last = self.sessions[0].start, self.sessions[-1].end
        if other.sessions[0].start < last + gap and first < other.sessions[-1].end + gap:
            return True
        cooldown = max(self.rules.invite_cooldown, other.rules.invite_cooldown)
        near = abs(first - other.sessions[0].start) < cooldown
        return bool(self.centre_id) and self.centre_id == other.centre_id and near


@dataclass(frozen=True)
class _Case:
    project: Project
    slots: tuple[Slot, ...]
    sessions: tuple[Session, ...]
    rules: Rules
    centre_id: str
    members: tuple[Expert, ...]
    caps: Caps
    refused: frozenset[str]
    reserved: frozenset[str]

    @cached_property
    def reach(self) -> Reach:
        """Which slots each expert can fill."""
        return Reach(self.slots)

    def reason(self, expert: Expert, engagements: Sequence[Engagement]) -> Reason | None:
        """The first ground that excludes the expert."""
        return (
            self._standing(expert)
            or self._fit(expert)
            or self._recusal(expert)
            or (Reason.REFUSED_BEFORE if expert.expert_id in self.refused else None)
            or self._time(engagements)
            or self._panel(expert)
        )

    @cached_property
    def day(self) -> date:
        """The day the evaluation begins."""
        return self.sessions[0].start.astimezone(ZONE).date()

    @cached_property
    def parties(self) -> frozenset[str]:
        """The organisations behind the project, as far as a rule bars their people."""
        project, rules = self.project, self.rules
        barred = (
            (rules.recuse_own_employer_is_tenderer, project.tenderer),
            (rules.recuse_own_agency, project.agency),
            (rules.recuse_supervisor_staff, project.supervisor),
        )
        return frozenset(name for bars, name in barred if bars and name)

    def _standing(self, expert: Expert) -> Reason | None:
        if expert.status is not ExpertStatus.ACTIVE:
            return Reason.NOT_ACTIVE
        limit, born = self.rules.expert_max_age, expert.birth_year
        if limit is not None and born is not None and self.day.year - born > limit:
            return Reason.TOO_OLD
        return None

    def _fit(self, expert: Expert) -> Reason | None:
        if self.reach.of(expert.region, expert.specialties):
            return None
        return Reason.OTHER_SPECIALTY if self.reach.near(expert.region) else Reason.OTHER_REGION

    def _recusal(self, expert: Expert) -> Reason | None:
        project, parties = self.project, self.parties
        close = self._close_organisations(expert) if expert.ties else set[str]()
        if expert.employer in parties:
            return Reason.EMPLOYER_IS_PARTY
        if close & parties:
            return Reason.TIE_TO_PARTY
        if expert.employer in project.bidders:
            return Reason.EMPLOYER_IS_BIDDER
        if close & project.bidders:
            return Reason.TIE_TO_BIDDER
        return None

    def _close_organisations(self, expert: Expert) -> set[str]:
        """Organisations of ties that count: kin and holdings by rule, past posts within the look-back."""
        since = _years_before(self.day, self.rules.recuse_employment_lookback_years)
        counts = {
            TieKind.KIN: self.rules.recuse_kin,
            TieKind.SHAREHOLDING: self.rules.recuse_shareholding,
        }
        return {
            tie.organisation
            for tie in expert.ties
            if counts.get(tie.kind, True) and (tie.until is None or tie.until >= since)
        }

    def _time(self, engagements: Sequence[Engagement]) -> Reason | None:
        rules, first, last = self.rules, self.sessions[0].start, self.sessions[-1].end
        gap = rules.expert_min_gap_between_evals
        if any(other.start < last and first < other.end for other in engagements):
            return Reason.BUSY
        if any(other.start < last + gap and first < other.end + gap for other in engagements):
            return Reason.TOO_SOON
        day = self.day
        days = [other.start.astimezone(ZONE).date() for other in engagements]
        if (
            sum(other.isocalendar()[:2] == day.isocalendar()[:2] for other in days)
            >= rules.expert_max_evals_per_week
        ):
            return Reason.WEEK_FULL
        if (
            sum((other.year, other.month) == (day.year, day.month) for other in days)
            >= rules.expert_max_evals_per_month
        ):
            return Reason.MONTH_FULL
        near = [other for other in engagements if other.centre_id == self.centre_id and self.centre_id]
        if any(abs(other.start - first) < rules.invite_cooldown for other in near):
            return Reason.SAME_CENTRE_RECENTLY
        return None

    def _panel(self, expert: Expert) -> Reason | None:
        if self.caps.full(path_of(expert)):
            return Reason.EMPLOYER_SEATED
        if any(
            member.expert_id in expert.conflicts or expert.expert_id in member.conflicts
            for member in self.members
        ):
            return Reason.CONFLICT_WITH_MEMBER
        return Reason.RESERVED if expert.expert_id in self.reserved else None


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
