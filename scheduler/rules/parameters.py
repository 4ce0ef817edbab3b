"""Every parameter of the rule book, typed, with the range of values that make sense beside each type.

Field `split_resume_time` is `[[split.resume_time]]` in TOML. The ranges are wide: they keep out what is absurd or
beyond what the engine can count, and leave to laws and practice what is wise. A value outside is refused when the
book is read; so is a pair of values in force together that turns the order of `NOT_ABOVE` or `BEFORE` round.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from fractions import Fraction
from typing import Annotated

from scheduler.projects import Exemption
from scheduler.rules.ranges import Between, ForAllKinds, WholeMinutes, words

NONE, MINUTE, HOUR, DAY = timedelta(), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UP_TO_A_MONTH = Between(NONE, 31 * DAY)
SOME = Between(Fraction(0), Fraction(1), above=True)

Share = Annotated[Fraction, Between(Fraction(0), Fraction(1))]
UpToADay = Annotated[timedelta, Between(NONE, DAY)]
SectionBase = Annotated[timedelta, Between(MINUTE, DAY)]
Weight = Annotated[int, Between(0, 1_000_000), ForAllKinds()]

NOT_ABOVE = (
    ("draw_latest_before_start", "draw_earliest_before_start"),
    ("expert_max_evals_per_week", "expert_max_evals_per_month"),
    ("split_watch_probability", "split_warn_probability"),
    ("split_warn_probability", "split_propose_probability"),
    ("eval_break_length", "eval_break_every"),
    ("wish_avoidable_split", "wish_unscheduled"),
    ("complaint_accept_wd", "complaint_decide_wd"),
    ("pool_deduction_suspend", "pool_deduction_remove"),
)
"""Parameters of which the first is never more than the second."""

BEFORE = (
    ("split_resume_time", "split_cutoff_local_time"),
    ("split_runtime_check", "split_cutoff_local_time"),
)
"""Times of the day of which the first comes before the second."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The parameters in force on one day, in one region, for one kind of procurement.

    Sources and articles stand beside each value in `default.toml`. A field that may be None is optional: a
    kind of procurement without a row has no such rule.
    """

    panel_min_size: Annotated[int, Between(1, 99)]
    panel_odd_required: bool
    panel_expert_min_fraction: Share
    panel_same_employer_max_count: Annotated[int, Between(1, 99)]
    panel_same_employer_max_fraction: Annotated[Fraction | None, SOME]
    panel_same_department_max_count: Annotated[int | None, Between(1, 99)]
    panel_same_group_max_count: Annotated[int | None, Between(1, 99)]
    panel_senior_min_count: Annotated[int | None, Between(0, 99)]
    panel_direct_appointment_allowed: bool

    draw_earliest_before_start: Annotated[timedelta, UP_TO_A_MONTH]
    draw_earliest_before_start_wd: Annotated[int | None, Between(0, 60)]
    draw_earliest_before_opening_wd: Annotated[int | None, Between(0, 60)]
    draw_latest_before_start: Annotated[timedelta, UP_TO_A_MONTH]
    draw_method: Annotated[str, words("equal", "sequential", "panels")]
    draw_standby_per_seat: Annotated[int, Between(0, 20)]
    draw_max_rounds: Annotated[int, Between(1, 100)]
    draw_min_candidate_ratio: Annotated[int, Between(1, 100)]
    draw_widen_specialty: Annotated[tuple[int, ...], Between(1, 20)]

    invite_response_timeout: Annotated[timedelta, Between(timedelta(seconds=1), 7 * DAY)]
    invite_call_attempts: Annotated[int, Between(1, 20)]
    invite_reveal_project_before_accept: bool
    invite_reveal_place: Annotated[str, words("venue_after_accept")]
    invite_cooldown: Annotated[timedelta, Between(NONE, 366 * DAY)]

    expert_max_evals_per_week: Annotated[int, Between(1, 100)]
    expert_max_evals_per_month: Annotated[int, Between(1, 400)]
    expert_min_gap_between_evals: Annotated[timedelta, UP_TO_A_MONTH]
    expert_max_age: Annotated[int | None, Between(18, 120)]

    recuse_employment_lookback_years: Annotated[int, Between(0, 99)]
    recuse_kin: bool
    recuse_shareholding: bool
    recuse_supervisor_staff: bool
    recuse_own_employer_is_tenderer: bool
    recuse_own_agency: bool
    recuse_penalised: bool
    recuse_pass2_trigger: Annotated[str, words("bidders_known")]

    remote_enabled: bool
    remote_exempt: Annotated[tuple[str, ...], words(*Exemption)]
    remote_guest_count: Annotated[int, Between(1, 4)]
    remote_guest_expert_min_count: Annotated[int, Between(1, 99)]
    remote_guest_expert_min_fraction: Share
    remote_guest_min_per_venue: Annotated[int, Between(1, 99)]
    remote_guest_scope: Annotated[str, words("other_county", "other_prefecture")]
    remote_guest_choice: Annotated[str, words("random", "nearest")]
    remote_pair_share_max: Annotated[Fraction, SOME]
    remote_pair_window: Annotated[timedelta, Between(DAY, 3660 * DAY)]
    remote_request_lead: Annotated[timedelta, UP_TO_A_MONTH]
    remote_guest_reply_timeout: Annotated[timedelta, Between(MINUTE, 31 * DAY)]
    remote_hide_project_from_guest: bool

    opening_duration: Annotated[timedelta, Between(NONE, 7 * DAY)]

    split_cutoff_local_time: Annotated[time, WholeMinutes()]
    split_mode: Annotated[str, words("both")]
    split_forecast_quantile: Annotated[Fraction, Between(Fraction(1, 100), Fraction(99, 100))]
    split_runtime_check: Annotated[tuple[time, ...], WholeMinutes()]
    split_watch_probability: Share
    split_warn_probability: Share
    split_propose_probability: Share
    split_resume_time: Annotated[time, WholeMinutes()]
    split_trigger_min_sections: Annotated[int, Between(1, 1000)]
    split_trigger_min_bidders: Annotated[int, Between(1, 1000)]

    eval_extend_vote_fraction: Share
    eval_break_every: Annotated[timedelta, Between(MINUTE, DAY, step=MINUTE)]
    eval_break_length: Annotated[timedelta, Between(NONE, DAY, step=MINUTE)]
    eval_max_continuous: Annotated[timedelta, Between(30 * MINUTE, DAY, step=MINUTE)]

    duration_setup: UpToADay
    duration_report: UpToADay
    duration_base_works: SectionBase
    duration_base_works_low_price: SectionBase
    duration_base_services: SectionBase
    duration_base_goods: SectionBase
    duration_per_bidder_works: UpToADay
    duration_per_bidder_works_low_price: UpToADay
    duration_per_bidder_services: UpToADay
    duration_per_bidder_goods: UpToADay
    duration_quantile_factor: Annotated[Fraction, Between(Fraction(1), Fraction(10), above=True)]

    plan_horizon_wd: Annotated[int, Between(0, 250)]
    plan_grid: Annotated[timedelta, Between(MINUTE, 12 * HOUR, step=MINUTE)]

    wish_unscheduled: Weight
    wish_avoidable_split: Weight
    wish_wait: Weight
    wish_support: Weight
    wish_rotation: Weight
    wish_distance: Weight
    wish_change: Weight
    wish_catch_up: Weight

    replace_void_old_review: bool
    replace_fallback_if_unfilled: Annotated[str, words("suspend_seal_rebuild")]

    disclose_names_at: Annotated[str, words("result")]
    disclose_unlock_needs: Annotated[str, words("all_checked_in")]
    disclose_min_group: Annotated[int, Between(1, 100)]

    objection_publicity_days_min: Annotated[int, Between(1, 366)]
    objection_reply_days: Annotated[int, Between(1, 366)]
    complaint_window_days: Annotated[int, Between(1, 366)]
    complaint_accept_wd: Annotated[int, Between(1, 250)]
    complaint_decide_wd: Annotated[int, Between(1, 250)]
    challenge_raise_wd: Annotated[int | None, Between(1, 250)]
    challenge_reply_wd: Annotated[int | None, Between(1, 250)]
    challenge_complain_wd: Annotated[int | None, Between(1, 250)]
    challenge_handle_wd: Annotated[int | None, Between(1, 250)]
    bidders_min: Annotated[int, Between(1, 100)]

    support_count_unit: Annotated[str, words("project")]
    support_count_when: Annotated[str, words("approved_checked_in_finished")]
    support_cancelled_counts: bool
    support_period: Annotated[str, words("month", "year")]
    support_normalise_by: Annotated[str, words("seat_days")]

    pool_review_wd: Annotated[int | None, Between(1, 250)]
    pool_inactive_remove_months: Annotated[int, Between(1, 600)]
    pool_deduction_suspend: Annotated[int, Between(1, 1000)]
    pool_deduction_remove: Annotated[int, Between(1, 1000)]

    audit_spot_check_per_year: Annotated[int, Between(0, 366)]
    retention_records_years: Annotated[int, Between(1, 100)]
    retention_video_years: Annotated[int, Between(1, 100)]
    fee_guest_rule: Annotated[str, words("own", "agreed", "max")]
