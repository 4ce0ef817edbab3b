"""Every parameter of the rule book, typed: field `split_resume_time` is `[[split.resume_time]]` in TOML."""

from dataclasses import dataclass
from datetime import time, timedelta
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Rules:
    """The parameters in force on one day, in one region, for one kind of procurement.

    Sources and articles stand beside each value in `default.toml`. A field that may be None is optional: a
    kind of procurement without a row has no such rule.
    """

    panel_min_size: int
    panel_odd_required: bool
    panel_expert_min_fraction: Fraction
    panel_same_employer_max_count: int
    panel_same_employer_max_fraction: Fraction | None
    panel_same_department_max_count: int | None
    panel_same_group_max_count: int | None
    panel_senior_min_count: int | None
    panel_direct_appointment_allowed: bool

    draw_earliest_before_start: timedelta
    draw_earliest_before_start_wd: int | None
    draw_earliest_before_opening_wd: int | None
    draw_latest_before_start: timedelta
    draw_method: str
    draw_standby_per_seat: int
    draw_max_rounds: int
    draw_min_candidate_ratio: int
    draw_widen_specialty: tuple[int, ...]

    invite_response_timeout: timedelta
    invite_call_attempts: int
    invite_reveal_project_before_accept: bool
    invite_reveal_place: str
    invite_cooldown: timedelta

    expert_max_evals_per_week: int
    expert_max_evals_per_month: int
    expert_min_gap_between_evals: timedelta
    expert_max_age: int | None

    recuse_employment_lookback_years: int
    recuse_kin: bool
    recuse_shareholding: bool
    recuse_supervisor_staff: bool
    recuse_own_employer_is_tenderer: bool
    recuse_own_agency: bool
    recuse_penalised: bool
    recuse_pass2_trigger: str

    remote_enabled: bool
    remote_exempt: tuple[str, ...]
    remote_guest_count: int
    remote_guest_expert_min_count: int
    remote_guest_expert_min_fraction: Fraction
    remote_guest_min_per_venue: int
    remote_guest_scope: str
    remote_guest_choice: str
    remote_pair_share_max: Fraction
    remote_pair_window: timedelta
    remote_request_lead: timedelta
    remote_guest_reply_timeout: timedelta
    remote_hide_project_from_guest: bool

    opening_duration: timedelta

    split_cutoff_local_time: time
    split_mode: str
    split_forecast_quantile: Fraction
    split_runtime_check: tuple[time, ...]
    split_watch_probability: Fraction
    split_warn_probability: Fraction
    split_propose_probability: Fraction
    split_resume_time: time
    split_trigger_min_sections: int
    split_trigger_min_bidders: int

    eval_extend_vote_fraction: Fraction
    eval_break_every: timedelta
    eval_break_length: timedelta
    eval_max_continuous: timedelta

    duration_setup: timedelta
    duration_report: timedelta
    duration_base_works: timedelta
    duration_base_works_low_price: timedelta
    duration_base_services: timedelta
    duration_base_goods: timedelta
    duration_per_bidder_works: timedelta
    duration_per_bidder_works_low_price: timedelta
    duration_per_bidder_services: timedelta
    duration_per_bidder_goods: timedelta
    duration_quantile_factor: Fraction

    plan_horizon_wd: int
    plan_grid: timedelta

    wish_unscheduled: int
    wish_avoidable_split: int
    wish_wait: int
    wish_support: int
    wish_rotation: int
    wish_distance: int
    wish_change: int
    wish_catch_up: int

    replace_void_old_review: bool
    replace_fallback_if_unfilled: str

    disclose_names_at: str
    disclose_unlock_needs: str
    disclose_min_group: int

    objection_publicity_days_min: int
    objection_reply_days: int
    complaint_window_days: int
    complaint_accept_wd: int
    complaint_decide_wd: int
    challenge_raise_wd: int | None
    challenge_reply_wd: int | None
    challenge_complain_wd: int | None
    challenge_handle_wd: int | None
    bidders_min: int

    support_count_unit: str
    support_count_when: str
    support_cancelled_counts: bool
    support_period: str
    support_normalise_by: str

    pool_review_wd: int | None
    pool_inactive_remove_months: int
    pool_deduction_suspend: int
    pool_deduction_remove: int

    audit_spot_check_per_year: int
    retention_records_years: int
    retention_video_years: int
    fee_guest_rule: str
