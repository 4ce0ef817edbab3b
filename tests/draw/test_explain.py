"""Explanations of draws: the funnel adds up, every relaxation offered works, and nothing smaller of its kind does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import comb

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduler.draw import Census, NoPanel, caps_of, solve_lottery
from scheduler.draw.explain import DrawCase, Kind, chances_of, explain, thin_slots, wording
from scheduler.draw.explain.steps import TIME
from scheduler.draw.sampling import Drawing
from scheduler.eligibility import Engagement, Reason, screen
from scheduler.errors import BadInput
from scheduler.people import Expert, ExpertStatus, Pool
from scheduler.planning.outcome import Session
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import default_rule_book
from scheduler.slots import Slot
from scheduler.widening import Widening, widen, widened, wider, with_widenings
from tests.draw.worlds import experts, slots

START = datetime(2026, 11, 26, 1, tzinfo=UTC)
HOME, GUEST, ELSEWHERE = "532301", "532322", "532324"
RULES = default_rule_book().at(START.date(), "5323", ProcurementKind.CONSTRUCTION)
BUSY = (START, START + timedelta(hours=2))
"""An engagement at the same time."""


def project(seats):
    return Project(
        "P", "P", ProcurementKind.CONSTRUCTION, Category.WORKS, "V1", HOME, START, (Section("1", 3),),
        tuple((Requirement(frozenset({f"Z{nth}"})), count) for nth, count in enumerate(seats)),
        owner_representatives=1,
    )  # fmt: skip


def case_of(people, wanted, busy=(), rules=RULES, **more):
    """A draw of these people for slots given as (codes, seats, region)."""
    asked = tuple(
        Slot(f"S{nth}", "V1" if region == HOME else "V2", region, Requirement(frozenset(codes)), seats)
        for nth, (codes, seats, region) in enumerate(wanted)
    )
    return DrawCase(
        Pool.of(people),
        project([seats for _, seats, _ in wanted]),
        asked,
        (Session(START, START + timedelta(hours=3)),),
        rules,
        tuple(Engagement(expert_id, *BUSY, "other") for expert_id in busy),
        **more,
    )


def person(nth, code, employer=None, region=HOME, **more):
    return Expert(f"E{nth:02d}", employer or f"O{nth}", region, frozenset({code}), **more)


def is_possible(case, free=frozenset()):
    """Whether a panel exists, with those excluded on these grounds free: by screening and solving anew."""
    screened = screen(
        case.pool, case.project, case.slots, case.sessions, case.engagements, case.rules, members=case.members
    )
    held = {entry.expert_id for entry in screened.excluded if entry.reason in free}
    freed = screen(
        Pool(tuple(expert for expert in case.pool if expert.expert_id in held)),
        case.project, case.slots, case.sessions, (), case.rules, members=case.members,
    )  # fmt: skip
    people = screened.eligible + freed.eligible
    try:
        solve_lottery(case.slots, Census.of(people, case.slots), caps_of(case.project, case.rules))
    except NoPanel:
        return False
    return True


def with_steps(case, levels=None, employer=0, group=0):
    """The case with slots widened by so many levels each and caps raised, without the code under test."""
    steps = case.rules.draw_widen_specialty
    asked = []
    for slot, level in zip(case.slots, levels or [0] * len(case.slots), strict=True):
        possible = wider(slot.requirement, steps)
        asked.append(replace(slot, requirement=possible[level - 1][1]) if level else slot)
    rules = replace(
        case.rules,
        panel_same_employer_max_count=case.rules.panel_same_employer_max_count + employer,
        panel_same_group_max_count=case.rules.panel_same_group_max_count
        and case.rules.panel_same_group_max_count + group,
    )
    return replace(case, slots=tuple(asked), rules=rules)


CODES = ["A080101", "A080102", "A080201", "A090101"]
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(CODES), st.sampled_from("abcde"), st.sampled_from([HOME, GUEST]), st.booleans()
    ),
    min_size=1,
    max_size=9,
)
WANTED = st.lists(
    st.tuples(st.sampled_from(CODES), st.integers(1, 2), st.sampled_from([HOME, GUEST])),
    min_size=1,
    max_size=3,
)


@given(PEOPLE, WANTED, st.sampled_from([None, 1, 2]))
@settings(max_examples=60, deadline=None)
def test_every_relaxation_offered_works_and_none_smaller_of_its_kind_does(people, wanted, group):
    pool = [
        person(nth, code, employer, region, employer_group="g" if employer in "ab" else "h")
        for nth, (code, employer, region, _) in enumerate(people)
    ]
    busy = [f"E{nth:02d}" for nth, (*_, busy) in enumerate(people) if busy]
    case = case_of(
        pool,
        [({code}, seats, region) for code, seats, region in wanted],
        busy,
        replace(RULES, panel_same_group_max_count=group),
    )
    found = explain(case)
    assert (found.shortage is None) == is_possible(case)
    sizes = {kind: set() for kind in Kind}
    for offer in found.relaxations:
        kinds = {step.kind for step in offer.steps}
        if len(kinds) == 1:
            sizes[kinds.pop()].add(offer.size)
        given = {(step.kind, step.subject): step.size for step in offer.steps}
        relaxed = with_steps(
            case,
            [given.get((Kind.WIDEN, slot.slot_id), 0) for slot in case.slots],
            given.get((Kind.RAISE_CAP, "employer"), 0),
            given.get((Kind.RAISE_CAP, "group"), 0),
        )
        assert is_possible(relaxed, {step.subject for step in offer.steps if step.kind is Kind.WAIT})
    if found.shortage is None:
        assert not found.relaxations
        return
    # By trying all: the least total of each kind that makes a panel possible is just the size that was offered.
    reach = [range(len(wider(slot.requirement, RULES.draw_widen_specialty)) + 1) for slot in case.slots]
    totals = {sum(levels) for levels in product(*reach) if is_possible(with_steps(case, levels))}
    assert sizes[Kind.WIDEN] == ({min(totals)} if totals else set())
    mixed = any(len({step.kind for step in offer.steps}) > 1 for offer in found.relaxations)
    assert found.searched or mixed or not found.relaxations
    raised = {
        one + other
        for one, other in product(range(5), range(5) if group else range(1))
        if is_possible(with_steps(case, None, one, other))
    }
    assert sizes[Kind.RAISE_CAP] == ({min(raised)} if raised else set())
    waits = {
        len(free) for count in (1, 2) for free in combinations(TIME, count) if is_possible(case, set(free))
    }
    assert sizes[Kind.WAIT] == ({min(waits)} if waits else set())


@given(PEOPLE, WANTED)
@settings(max_examples=60, deadline=None)
def test_the_funnel_of_each_slot_ends_with_those_who_can_fill_it(people, wanted):
    pool = [
        person(nth, code, employer, region, status=ExpertStatus.LEAVE if employer == "e" else "active")
        for nth, (code, employer, region, _) in enumerate(people)
    ]
    pool = [replace(one, status=ExpertStatus(one.status)) for one in pool]
    busy = [f"E{nth:02d}" for nth, (*_, busy) in enumerate(people) if busy]
    case = case_of(pool, [({code}, seats, region) for code, seats, region in wanted], busy)
    eligible = case.screened().eligible
    found = explain(case)
    ratio = RULES.draw_min_candidate_ratio
    assert thin_slots(case.slots, eligible, ratio) == tuple(one.slot.slot_id for one in found.thin)
    for funnel in found.funnels:
        fit = [
            one
            for one in eligible
            if one.region == funnel.slot.region and funnel.slot.requirement.is_met_by(one.specialties)
        ]
        assert funnel.eligible == len(fit)
        assert funnel.pool == len(pool)
        left = [funnel.pool, *(stage.left for stage in funnel.stages)]
        assert [before - after for before, after in pairwise(left)] == [
            stage.excluded for stage in funnel.stages
        ]
        assert [stage.reason for stage in funnel.stages] == list(Reason)
        assert funnel.is_thin == (len(fit) < RULES.draw_min_candidate_ratio * funnel.slot.seats)


def test_relaxations_come_with_the_least_change_first_and_say_what_they_admit():
    pool = [
        person(0, "A080101", "a"), person(1, "A080101", "a"), person(2, "A080101", "b"),
        person(3, "A080102", "c"), person(4, "A090101", "d"),
    ]  # fmt: skip
    found = explain(case_of(pool, [({"A080101"}, 2, HOME)], busy=["E02"]))
    assert (found.short_slots, found.shortage.needed, found.shortage.available) == (("S0",), 2, 1)
    kinds = [[step.kind for step in offer.steps] for offer in found.relaxations]
    assert kinds == [[Kind.WAIT], [Kind.WIDEN], [Kind.RAISE_CAP]]
    assert [offer.admitted for offer in found.relaxations] == [1, 1, 0]
    said = [wording.relaxation(offer).sentence() for offer in found.relaxations]
    assert "S0 from A080101 to A0801" in said[1]
    assert "employer from 1 to 2" in said[2]


def test_only_a_mixture_is_offered_when_no_kind_alone_suffices():
    pool = [person(0, "A080101", "a"), person(1, "A080102", "a"), person(2, "A090101", "d")]
    found = explain(case_of(pool, [({"A080101"}, 2, HOME)]))
    assert [{step.kind for step in offer.steps} for offer in found.relaxations] == [
        {Kind.WIDEN, Kind.RAISE_CAP}
    ]
    assert "All of" in wording.relaxation(found.relaxations[0]).sentence()


def test_nothing_is_offered_where_nothing_helps():
    found = explain(case_of([person(0, "A080101")], [({"A080101"}, 2, HOME)]))
    assert found.shortage is not None
    assert found.relaxations == ()
    assert [said.code for said in wording.remarks(found)] == ["no_relaxation"]


def test_a_guest_of_another_region_is_offered_where_its_experts_make_a_panel():
    pool = [person(0, "A080101"), person(1, "A080101", region=ELSEWHERE), person(2, "A09", region="532400")]
    wanted = [({"A080101"}, 1, HOME), ({"A080101"}, 1, GUEST)]
    found = explain(
        case_of(pool, wanted), [("V3", ELSEWHERE), ("V4", ELSEWHERE), ("V5", "532400"), ("V6", HOME)]
    )
    (offer,) = found.relaxations
    assert dict(offer.steps[0].facts) == {"venue": "V2", "region": ELSEWHERE, "venues": "V3, V4"}


def test_a_cap_that_a_fraction_of_the_panel_sets_is_never_offered_to_rise():
    pool = [person(nth, "A080101", "a") for nth in range(3)]
    free = explain(case_of(pool, [({"A080101"}, 3, HOME)]))
    assert [step.subject for offer in free.relaxations for step in offer.steps] == ["employer"]
    rules = replace(RULES, panel_same_employer_max_fraction=Fraction(1, 3))
    assert explain(case_of(pool, [({"A080101"}, 3, HOME)], rules=rules)).relaxations == ()


def test_a_member_who_sits_uses_up_the_cap_until_it_is_raised():
    seated = person(9, "A080101", "a")
    found = explain(case_of([seated, person(0, "A080101", "a")], [({"A080101"}, 1, HOME)], members=(seated,)))
    assert found.funnels[0].pool == 1
    assert [stage.excluded for stage in found.funnels[0].stages if stage.excluded] == [1]
    assert [offer.admitted for offer in found.relaxations] == [1]


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_sentence_exists_in_both_languages(language):
    assert set(wording.SENTENCES[language]) == set(wording.SENTENCES["en"])
    assert set(wording.REASONS[language]) == set(Reason)
    pool = [person(0, "A080101", "a"), person(1, "A080101", "a"), person(2, "A080102", "b")]
    found = explain(case_of(pool, [({"A080101"}, 2, HOME)], busy=["E01"]))
    said = [
        wording.shortage(found),
        *map(wording.thin_pool, found.thin),
        *map(wording.relaxation, found.relaxations),
    ]
    assert len(said) == 3
    for one in said:
        assert one.sentence(language)
        assert "{" not in one.sentence(language)


def test_codes_are_widened_digit_by_digit_and_only_where_a_step_changes_them():
    assert widened(Requirement(frozenset({"A080101", "B09", "law"})), 4).codes == {"A0801", "B09", "law"}
    steps = wider(Requirement(frozenset({"A080101", "A0802"})), (6, 4, 2))
    assert [(digits, sorted(after.codes)) for digits, after in steps] == [
        (4, ["A0801", "A0802"]),
        (2, ["A08"]),
    ]
    assert wider(Requirement(frozenset({"law"})), (6, 4, 2)) == ()


def test_a_widening_holds_for_the_codes_it_was_approved_for():
    slot = Slot("S1", "V1", HOME, Requirement(frozenset({"A080101"})), 1)
    near, far = widen(slot, 1, (6, 4, 2)), widen(slot, 2, (6, 4, 2))
    assert near == Widening("S1", ("A080101",), ("A0801",))
    assert with_widenings([slot], [far, near])[0].requirement.codes == {"A08"}
    other = replace(slot, requirement=Requirement(frozenset({"A090101"})))
    assert with_widenings([other], [near]) == (other,)
    with pytest.raises(BadInput):
        widen(slot, 3, (6, 4, 2))


SPREAD = st.lists(
    st.tuples(st.sampled_from(["0", "1", "01"]), st.sampled_from("abcdefgh")), min_size=2, max_size=8
)


@given(SPREAD, st.integers(1, 2), st.integers(1, 2))
@settings(max_examples=40, deadline=None)
def test_figures_of_the_chances_are_exact_and_panels_lie_within_the_bounds(people, one, other):
    wanted = slots(one, other)
    pool = experts(*people)
    census = Census.of(pool, wanted)
    caps = replace(caps_of(project([1]), RULES), employer=2 if one == other else 1)
    try:
        lottery = solve_lottery(wanted, census, caps)
    except NoPanel:
        assume(False)
    drawing = Drawing(lottery, census)
    each = [lottery.chances[drawing.cells[cell]] for cell in drawing.cell_of.tolist()]
    figures = chances_of(lottery)
    assert (figures.least, figures.most, figures.experts) == (min(each), max(each), len(each))
    differences = sum(abs(a - b) for a in each for b in each)
    assert figures.gini == Fraction(differences) / (2 * len(each) * sum(each))
    seen = {frozenset(seated.nth for seated in drawing.sample(nth.to_bytes(32, "big"))) for nth in range(400)}
    assert len(seen) <= figures.panels_most
    if figures.panels_most <= 40:
        assert len(seen) >= figures.panels_least, "400 seeds meet every one of so few panels"


def test_a_large_even_pool_has_astronomically_many_panels_and_equal_chances():
    people = [("0", f"O{nth}") for nth in range(300)]
    lottery = solve_lottery(
        wanted := slots(7), Census.of(experts(*people), wanted), caps_of(project([7]), RULES)
    )
    figures = chances_of(lottery)
    assert (figures.least, figures.most, figures.gini) == (Fraction(7, 300), Fraction(7, 300), 0)
    assert 0.999 * 20**7 < figures.panels_least <= 20**7, "(300 / (2 · 7 + 1))⁷"
    assert figures.panels_most == comb(300, 7)
    assert wording.chances(figures).sentence() == (
        "Chances from 7/300 to 7/300, Gini 0; 1.27e9 to 4.04e13 possible panels."
    )
