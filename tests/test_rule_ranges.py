"""A rule book whose values make no sense is refused when it is read; whatever is read can be planned with."""

import pickle
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.errors import BadRules
from scheduler.planning import Budget, Problem, solve
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook, default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Room, Venue
from scheduler.verification.plans import verify_plan

TEXT = default_rule_book().text
MONDAY = date(2026, 11, 23)
CALENDAR = WorkCalendar(frozenset(), frozenset(), (MONDAY, date(2027, 12, 31)))
VENUES = tuple(Venue(f"V{n}", "C", "", f"53230{n}", (Room("R0", 7), Room("R1", 7))) for n in range(1, 4))
NAMES = tuple(
    dict.fromkeys(line.strip("[]") for line in TEXT.splitlines() if line.startswith("[[") and line[2] != "g")
)


def row(name: str, value: str, **more: str) -> str:
    """One more row of the default book, which wins over the default's."""
    keys = "".join(f"{key} = {text}\n" for key, text in {"effective_from": "2026-01-01", **more}.items())
    return f"[[{name}]]\nvalue = {value}\nstrength = 'P'\nsource = 'test'\n{keys}"


def refusal(*rows: str) -> BadRules:
    with pytest.raises(BadRules) as caught:
        RuleBook.parse(TEXT + "".join(rows), "county.toml")
    return caught.value


def problem(book: RuleBook) -> Problem:
    projects = tuple(
        Project(
            project_id=f"P{nth}",
            name="",
            kind=ProcurementKind.CONSTRUCTION,
            category=Category.WORKS,
            home="V1",
            region="532301",
            opening_at=datetime.combine(MONDAY, time(9 + 8 * nth), ZONE),
            sections=(Section("1", 40), Section("2", 3)),
            specialties=((Requirement(frozenset({"A08"})), 4),),
        )
        for nth in range(2)
    )
    return Problem(projects, VENUES, CALENDAR, book)


NONSENSE = [
    ("panel.min_size", "0"),
    ("panel.min_size", "-5"),
    ("panel.expert_min_fraction", '"4/3"'),
    ("panel.same_employer_max_count", "0"),
    ("panel.same_employer_max_fraction", '"0"'),
    ("panel.same_group_max_count", "0"),
    ("panel.senior_min_count", "-1"),
    ("draw.earliest_before_start", '"400 d"'),
    ("draw.method", '"by_hand"'),
    ("draw.standby_per_seat", "-1"),
    ("draw.max_rounds", "0"),
    ("draw.min_candidate_ratio", "0"),
    ("draw.widen_specialty", "[6, 0]"),
    ("draw.widen_specialty", "[6, 6]"),
    ("invite.response_timeout", '"0 s"'),
    ("invite.call_attempts", "0"),
    ("invite.cooldown", '"999999999 d"'),
    ("expert.max_evals_per_week", "0"),
    ("expert.max_age", "7"),
    ("recuse.employment_lookback_years", "3000"),
    ("remote.guest_count", "0"),
    ("remote.guest_count", "5"),
    ("remote.guest_min_per_venue", "0"),
    ("remote.pair_share_max", '"0"'),
    ("remote.pair_share_max", '"3/2"'),
    ("remote.pair_window", '"0 d"'),
    ("remote.guest_reply_timeout", '"0 h"'),
    ("opening.duration", '"8 d"'),
    ("split.cutoff_local_time", "22:00:30"),
    ("split.forecast_quantile", '"0"'),
    ("split.forecast_quantile", '"1"'),
    ("split.mode", '"forecast"'),
    ("split.watch_probability", '"6/5"'),
    ("split.trigger_min_sections", "0"),
    ("eval.extend_vote_fraction", '"2"'),
    ("eval.break_every", '"0 min"'),
    ("eval.break_every", '"90 s"'),
    ("eval.max_continuous", '"0 h"'),
    ("eval.max_continuous", '"25 h"'),
    ("duration.setup", '"25 h"'),
    ("duration.base_works", '"0 min"'),
    ("duration.per_bidder_works", '"1000 h"'),
    ("duration.quantile_factor", '"0"'),
    ("duration.quantile_factor", '"1"'),
    ("duration.quantile_factor", '"4/5"'),
    ("plan.horizon_wd", "100000"),
    ("plan.horizon_wd", "-1"),
    ("plan.grid", '"0 min"'),
    ("plan.grid", '"10 s"'),
    ("plan.grid", '"13 h"'),
    ("wish.wait", "-1"),
    ("wish.unscheduled", "10000000000000000000"),
    ("disclose.min_group", "0"),
    ("complaint.window_days", "-10"),
    ("bidders.min", "0"),
    ("pool.inactive_remove_months", "0"),
    ("retention.records_years", "0"),
]


@pytest.mark.parametrize(("name", "value"), NONSENSE)
def test_a_value_that_makes_no_sense_is_refused_by_file_row_value_and_rule(name, value):
    refused = refusal(row("bidders.min", "3"), row(name, value, region='"53"'))
    assert (refused.file, refused.parameter) == ("county.toml", name)
    lines = (TEXT + row("bidders.min", "3")).count("\n")
    assert refused.line == lines + 1, "the row that is wrong, not another of the same parameter"
    assert f"{name} = {refused.value}: " in str(refused)
    assert refused.facts["value"] == value.strip('"')
    assert refused.rule
    assert pickle.loads(pickle.dumps(refused)).facts == refused.facts


DISORDER = [
    ("split.resume_time", "22:00:00", "split.cutoff_local_time"),
    ("split.cutoff_local_time", "09:00:00", "split.resume_time"),
    ("split.runtime_check", "[20:00:00, 22:30:00]", "split.cutoff_local_time"),
    ("split.watch_probability", '"3/5"', "split.warn_probability"),
    ("split.propose_probability", '"2/5"', "split.warn_probability"),
    ("eval.break_length", '"7 h"', "eval.break_every"),
    ("eval.break_every", '"30 min"', "eval.break_length"),
    ("draw.latest_before_start", '"30 h"', "draw.earliest_before_start"),
    ("expert.max_evals_per_week", "9", "expert.max_evals_per_month"),
    ("wish.avoidable_split", "20001", "wish.unscheduled"),
    ("complaint.decide_wd", "2", "complaint.accept_wd"),
    ("pool.deduction_remove", "5", "pool.deduction_suspend"),
]


@pytest.mark.parametrize(("name", "value", "other"), DISORDER)
def test_two_values_that_turn_an_order_round_are_refused_wherever_they_are_in_force_together(
    name, value, other
):
    for more in ({}, {"region": '"5323"'}, {"effective_to": "2026-01-02"}, {"effective_to": "9999-12-31"}):
        refused = refusal(row(name, value, **more))
        assert {refused.parameter, *refused.rule.replace(",", "").split()} >= {name, other}


def test_two_values_that_are_never_in_force_together_may_be_of_any_order():
    late = row("split.resume_time", "13:00:00", region='"5323"')
    noon = row("split.cutoff_local_time", "12:00:00", region='"5301"')
    checks = row("split.runtime_check", "[11:00:00]", region='"5301"')
    assert RuleBook.parse(TEXT + late + noon + checks)
    inside = row("split.cutoff_local_time", "12:00:00", region='"532301"')
    earlier = row("split.runtime_check", "[11:00:00]", region='"532301"')
    assert refusal(late, inside, earlier).parameter == "split.resume_time"
    ended = row("split.resume_time", "13:00:00", region='"5323"', effective_to="2026-06-30")
    begins = row("split.cutoff_local_time", "12:00:00", region='"5323"', effective_from="2026-07-01")
    early = row("split.runtime_check", "[11:00:00]", region='"5323"')
    assert RuleBook.parse(TEXT + ended + begins + early)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("effective_to", "2025-12-31"),
        ("effective_from", "2026-01-01T09:00:00"),
        ("region", "53"),
        ("region", '"53x"'),
        ("kind", '["water"]'),
        ("until", "2026-12-31"),
    ],
)
def test_a_row_whose_other_keys_make_no_sense_is_refused(key, value):
    refused = refusal(row("bidders.min", "4", **{key: value}))
    assert (refused.parameter, refused.line) == ("bidders.min", TEXT.count("\n") + 1)
    assert refused.rule.startswith(f"{key}: ")


def test_two_rows_that_hold_from_the_same_day_are_refused():
    refused = refusal(row("bidders.min", "4"), row("bidders.min", "5"))
    assert refused.line == TEXT.count("\n") + 1 + row("bidders.min", "4").count("\n")
    assert f"line {TEXT.count(chr(10)) + 1}" in refused.rule


def test_a_parameter_without_a_row_is_missing():
    parts = TEXT.split("[[bidders.min]]")
    without = parts[0] + parts[1].split("\n\n", 1)[1]
    for text in (without, without + "\n[bidders]\nmin = []\n"):
        with pytest.raises(BadRules, match=r"bidders\.min: missing parameter"):
            RuleBook.parse(text)


TOML = st.one_of(
    st.integers().map(str),
    st.booleans().map(lambda truth: str(truth).lower()),
    st.floats().map(str),
    st.times().map(time.isoformat),
    st.dates().map(date.isoformat),
    st.fractions(-1, 20).map(lambda share: f'"{share}"'),
    st.builds('"{} {}"'.format, st.integers(0, 10**12), st.sampled_from(["s", "min", "h", "d", "wk"])),
    st.sampled_from(['""', '"equal"', "[]", "[1, 2]", "[[1]]", "{}", '["paper"]', "[12:00:00, 13:00:00]"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(NAMES),
    TOML,
    st.sampled_from(["value", "strength", "source", "effective_from", "effective_to", "kind", "region"]),
    TOML,
)
def test_whatever_is_written_is_read_or_refused_as_bad_rules(name, value, key, other):
    keys = {"value": value, "strength": "'P'", "source": "'x'", "effective_from": "2026-01-01", key: other}
    text = f"[[{name}]]\n" + "".join(f"{each} = {given}\n" for each, given in keys.items())
    for whole in (TEXT + text, TEXT + f"[{name}]\nvalue = {value}", f"version = {value}\n"):
        with suppress(BadRules):
            RuleBook.parse(whole)


def durations(least: int, most: int) -> st.SearchStrategy[str]:
    return st.integers(least, most).map('"{} min"'.format)


MINUTES = st.integers(0, 1439).map(lambda at: f"{at // 60:02}:{at % 60:02}:00")
PLANNED_BY = {
    "panel.min_size": st.integers(-1, 9).map(str),
    "panel.expert_min_fraction": st.fractions(0, 2).map('"{}"'.format),
    "remote.guest_expert_min_count": st.integers(-1, 5).map(str),
    "remote.guest_min_per_venue": st.integers(-1, 5).map(str),
    "remote.pair_share_max": st.fractions(0, 2).map('"{}"'.format),
    "opening.duration": durations(0, 20_000),
    "split.cutoff_local_time": MINUTES,
    "split.resume_time": MINUTES,
    "split.runtime_check": MINUTES.map("[{}]".format),
    "split.forecast_quantile": st.fractions(0, 1).map('"{}"'.format),
    "eval.break_every": durations(0, 600),
    "eval.break_length": durations(0, 600),
    "eval.max_continuous": durations(0, 1600),
    "duration.setup": durations(0, 1600),
    "duration.report": durations(0, 1600),
    "duration.base_works": durations(0, 1600),
    "duration.per_bidder_works": durations(0, 1600),
    "duration.quantile_factor": st.fractions(0, 12).map('"{}"'.format),
    "plan.horizon_wd": st.one_of(st.integers(0, 9), st.just(250)).map(str),
    "plan.grid": durations(0, 800),
    "wish.wait": st.sampled_from(["0", "1", "1000000"]),
    "wish.unscheduled": st.sampled_from(["0", "1", "1000000"]),
    "wish.support": st.sampled_from(["0", "1", "1000000"]),
}


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(sorted(PLANNED_BY)), max_size=3, unique=True), st.data())
def test_a_book_that_is_read_gives_legal_plans(names, data):
    rows = (row(name, data.draw(PLANNED_BY[name], name)) for name in names)
    try:
        book = RuleBook.parse(TEXT + "".join(rows))
    except BadRules:
        return
    asked = problem(book)
    plan = solve(asked, Budget(5))
    assert verify_plan(asked, plan) == ()
    assert len(plan.bookings) + len(plan.unscheduled) == 2


def test_the_default_book_stands_far_from_no_edge_that_a_county_needs():
    """Practice found in documents: 20:00 to a minute before midnight, 1 to 4 guests, shares of a tenth to all."""
    rows = (
        row("split.cutoff_local_time", "23:59:00"),
        row("remote.guest_count", "4"),
        row("remote.pair_share_max", '"1"'),
        row("eval.break_length", '"0 min"'),
        row("panel.min_size", "3"),
    )
    rules = RuleBook.parse(TEXT + "".join(rows)).at(MONDAY, "532301", ProcurementKind.CONSTRUCTION)
    assert rules.remote_pair_share_max == Fraction(1)
    assert rules.eval_break_length == timedelta()
