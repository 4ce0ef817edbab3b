"""What the planner can say, by code, in English and Chinese; facts stand in braces, their form after a colon."""

from collections.abc import Mapping

EXEMPTIONS: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "zh": {
        "samples_scored": "现场评审样品",
        "software_demo": "现场演示软件",
        "site_survey": "现场踏勘",
        "secret": "涉密项目",
        "paper": "纸质评标",
        "emergency": "应急项目",
    },
}

GOALS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "opening_day": "place on its opening day",
        "earlier": "earlier place",
        "any": "place",
    },
    "zh": {
        "opening_day": "开标当日的位置",
        "earlier": "更早的位置",
        "any": "可排位置",
    },
}

RULES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "sessions_keep_venue_hours": "sessions lie within the hours of their venues",
        "rooms_out_of_use": "rooms and venues out of use hold no session",
        "rooms_taken_otherwise": "a room holds one session, and rooms are taken by what is not in this plan",
        "rooms_of_other_projects": "a room holds one session, and the plan's other projects stay in theirs",
        "rooms_have_enough_seats": "a room has the seats of the part that sits in it",
        "rooms_have_the_equipment": "a room has the project's equipment",
        "guests_have_not_refused": "a venue that refused is not asked again",
        "regions_supply_their_experts": "a region seats no more experts than it can supply",
        "quotas_hold": "crossings between regions stay within their quota",
        "splits_go_to_working_days": "a split evaluation sits on working days",
        "splits_resume_from_the_hour": "a split evaluation begins no earlier than the hour of resumption",
        "sessions_lie_in_the_horizon": "sessions lie within the working days that may be planned",
        "a_panel_has_breaks": "a panel has its breaks",
        "a_panel_rests": "a panel works no longer in one session than the longest session",
        "no_pair_meets_too_often": "no guest takes more than its share of a home's projects",
        "sessions_hold_the_forecast": "sessions hold the forecast work",
        "evaluation_follows_the_opening": "an evaluation starts after the opening is over",
        "guests_are_elsewhere": "a guest lies in another region",
        "guests_take_part": "guest venues take part",
        "sessions_end_by_the_cutoff": "sessions end by the line of the day",
        "panel_is_large_enough": "a panel has the least number of members",
        "panel_is_odd": "a panel has an odd number of members",
        "experts_are_enough": "a panel has the least share of experts",
    },
    "zh": {
        "sessions_keep_venue_hours": "场次须在场所开放时间内",
        "rooms_out_of_use": "停用的评标室和场所不安排场次",
        "rooms_taken_otherwise": "一室同时只安排一个场次，评标室已被本排期以外的事项占用",
        "rooms_of_other_projects": "一室同时只安排一个场次，本排期其他项目不作调整",
        "rooms_have_enough_seats": "评标室工位须够用",
        "rooms_have_the_equipment": "评标室须有项目所需设备",
        "guests_have_not_refused": "已拒绝的客场不再邀请",
        "regions_supply_their_experts": "各地区专家席位不超过可供人数",
        "quotas_hold": "跨区域项目不超过配额",
        "splits_go_to_working_days": "开评分离的评标安排在工作日",
        "splits_resume_from_the_hour": "开评分离的评标不早于恢复时刻开始",
        "sessions_lie_in_the_horizon": "场次须在可排期的工作日内",
        "a_panel_has_breaks": "评标委员会须有休息",
        "a_panel_rests": "一个场次不超过最长工作时间",
        "no_pair_meets_too_often": "同一客场不超过对该主场的配对份额",
        "sessions_hold_the_forecast": "场次须容纳预计评审时长",
        "evaluation_follows_the_opening": "评标在开标结束后开始",
        "guests_are_elsewhere": "客场须在外地",
        "guests_take_part": "须有客场参加（远程异地评标）",
        "sessions_end_by_the_cutoff": "场次须在当日截止时刻前结束",
        "panel_is_large_enough": "评标委员会人数不少于下限",
        "panel_is_odd": "评标委员会人数为单数",
        "experts_are_enough": "评标委员会专家比例不低于下限",
    },
}

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "split_work": "{quantile} is {work:hours} of work; a panel works at most {most:hours} in one session",
        "split_work_on_grid": "{quantile} is {work:hours} of work on the grid of {grid:hours}; a panel works at most "
        "{most:hours} in one session",
        "split_line": "from {from:clock} its {quantile} with breaks ends {end:clock}, past {line:clock}",
        "split_hours": "from {from:clock} its {quantile} with breaks ends {end:clock}, after {venue} closes "
        "at {closes:clock}",
        "split_closed": "{venue} is closed on the opening day",
        "split_rooms": "from {from:clock} its {quantile} with breaks ends {end:clock}, in time, but on the "
        "opening day no rooms were found free together at home and guest",
        "split_home_room": "from {from:clock} its {quantile} with breaks ends {end:clock}, in time, but on "
        "the opening day no room was found free at home",
        "on_site": "on site: {exemption:exemption}",
        "on_site_all": "on site: remote evaluation is off",
        "sessions": "{count:sessions}",
        "home_unknown": "its home venue {venue} is not among the venues",
        "no_home_room": "no room at {venue} has {seats} seats{gear:gear}",
        "no_guest_venue": "{needed} guest venues are needed in another region, each with a room of {seats} "
        "seats{gear:gear}; there are {able}",
        "never_open": "{venue} is not open long enough for any session",
        "beyond_horizon": "needs {sessions} sessions for {work:hours} of work; {days} working days may be "
        "used",
        "no_session": "the home's hours hold no session for {work:hours} of work; {days} working days may "
        "be used",
        "no_common_time": "for {sessions:sessions} with {seats} seats at {venue} no free time was found "
        "within {days} working days",
        "no_common_time_with_guests": "for {sessions:sessions} with {seats} seats at {venue} no free time "
        "was found together with {guests} of {able} possible guest venues within {days} working days",
        "suspended": "it has begun, and its rooms {rooms} were not found free together for what is left "
        "within the horizon",
        "split_free": "from {from:clock} its {quantile} with breaks ends {end:clock}, in time, and as the "
        "plan stands now rooms are free on the opening day at {when}; the plan keeps the later place",
        "begun": "it has begun: it stays where it is",
        "at_once": "starts {when}, the first moment that its opening, the rules and the hours of its home "
        "allow",
        "free_now": "as the plan stands now, a place is free at {when}",
        "home_taken": "could start {when} at the earliest; its rooms at home are then held by {projects}",
        "home_taken_by_both": "could start {when} at the earliest; its rooms at home are then held by "
        "{projects}, or taken or out of use otherwise",
        "home_taken_by_others": "could start {when} at the earliest; its rooms at home are then taken or "
        "out of use",
        "experts_short": "could start {when} at the earliest; its own region then has too few experts left",
        "home_free": "could start {when} at the earliest, and rooms are free then",
        "guests_short": "could start {when} at the earliest; a room at home is free then, but of {able} "
        "possible guest venues {rooms} have a room free for as long, of which {free} may be asked and have "
        "experts left; {needed} at once are needed",
        "no_earlier": "before {when} no rooms were found free together",
        "dearer": "rooms are first free together at {when}, with {guests} as guest; by balance, rotation "
        "and waiting that costs {other_cost}, the chosen place {own_cost}",
        "cheaper_now": "rooms are free together at {when}, with {guests} as guest, at a cost of "
        "{other_cost} against {own_cost}; the plan keeps the place it has",
        "guest_only": "{guest} is guest: of the venues that may be asked it alone is free at that time; it "
        "gives {supports} other supports in this plan and gave {before} before, for {seats} seats, and met "
        "this home {met} times",
        "guest_least": "{guest} is guest: of {free} venues free at that time its support costs least by "
        "balance and rotation; it gives {supports} other supports in this plan and gave {before} before, "
        "for {seats} seats, and met this home {met} times",
        "guest_by_lot": "{guest} is guest: of {free} venues free at that time {equal} stand equal and none "
        "costs less, and the recorded seed {seed} put it first; it gives {supports} other supports in this "
        "plan and gave {before} before, for {seats} seats, and met this home {met} times",
        "guest_by_search": "{guest} is guest: of {free} venues free at that time {equal} stand equal and "
        "none costs less, and the search, whose chance is the recorded seed {seed}, took it; it gives "
        "{supports} other supports in this plan and gave {before} before, for {seats} seats, and met this "
        "home {met} times",
        "guest_not_least": "{guest} is guest: of {free} venues free at that time {cheaper} would cost less "
        "by balance and rotation; it gives {supports} other supports in this plan and gave {before} before, "
        "for {seats} seats, and met this home {met} times",
        "free_place": "a place at {when} is free now: nobody would have to move",
        "shorter": "{less:hours} shorter, it could start {when}",
        "fewer_guests": "with one guest fewer it could start {when}",
        "more_rooms": "with one more room of {seats} seats at home it could start {when}",
        "move_other": "if {other} moved to {to}, it could start {when}",
        "clash_proven": "{count:rules} no {goal:goal}, whatever the others say (every start, room and guest "
        "was looked at); {count:any_of} there is one",
        "clash_found": "as far as was found, {count:rules} no {goal:goal}, whatever the others say; "
        "{count:any_of} there is one",
        "clash_not_found": "in {plans} plans no set of rules was found without which there is a {goal:goal}",
        "clash_rule": "{rule:rule} ({parameter}: {source})",
        "clash_rule_alone": "{rule:rule} ({parameter}: {source}); if it alone did not hold, it could start "
        "{when}",
        "clash_fact": "{rule:rule}",
        "clash_fact_alone": "{rule:rule}; if that alone were otherwise, it could start {when}",
        "refused": "{text}",
    },
    "zh": {
        "split_work": "评审时长（{quantile}）为 {work:hours}，评标委员会一个场次最长工作 {most:hours}",
        "split_work_on_grid": "评审时长（{quantile}）按 {grid:hours} 取整为 {work:hours}，"
        "评标委员会一个场次最长工作 {most:hours}",
        "split_line": "从 {from:clock} 开始，按 {quantile} 时长（含休息）将于 {end:clock} 结束，晚于 "
        "{line:clock}",
        "split_hours": "从 {from:clock} 开始，按 {quantile} 时长（含休息）将于 {end:clock} 结束，晚于 "
        "{venue} 的闭馆时间 {closes:clock}",
        "split_closed": "开标当日 {venue} 不开放",
        "split_rooms": "从 {from:clock} 开始，按 {quantile} 时长（含休息）将于 {end:clock} 结束，来得及；"
        "但开标当日未找到主客场同时空闲的评标室",
        "split_home_room": "从 {from:clock} 开始，按 {quantile} 时长（含休息）将于 {end:clock} 结束，"
        "来得及；但开标当日主场未找到空闲评标室",
        "on_site": "本地评标：{exemption:exemption}",
        "on_site_all": "本地评标：未启用远程异地评标",
        "sessions": "分 {count:sessions}",
        "home_unknown": "主场 {venue} 不在场所名录中",
        "no_home_room": "{venue} 没有 {seats} 个工位{gear:gear}的评标室",
        "no_guest_venue": "需要 {needed} 个外地客场，各有 {seats} 个工位{gear:gear}的评标室；符合条件的有 "
        "{able} 个",
        "never_open": "{venue} 的开放时间容不下任何场次",
        "beyond_horizon": "{work:hours} 的评审需要 {sessions} 个场次；可用工作日为 {days} 天",
        "no_session": "主场开放时间容不下 {work:hours} 评审的任何场次；可用工作日为 {days} 天",
        "no_common_time": "在 {days} 个工作日内，未找到 {venue}（{seats} 个工位）"
        "可供{sessions:sessions}的空闲时间",
        "no_common_time_with_guests": "在 {days} 个工作日内，未找到 {venue}（{seats} 个工位）与 {able} "
        "个可选客场中的 {guests} 个同时空闲、可供{sessions:sessions}的时间",
        "suspended": "评标已开始，其评标室 {rooms} 在排期范围内未找到同时空闲、可供完成余下评审的时间",
        "split_free": "从 {from:clock} 开始，按 {quantile} 时长（含休息）将于 {end:clock} 结束，来得及；"
        "按现有排期，开标当日 {when} 有空闲评标室，排期保留了较晚的安排",
        "begun": "评标已开始，维持现有安排",
        "at_once": "于 {when} 开始，即开标结束后规则与主场开放时间允许的最早时刻",
        "free_now": "按现有排期，{when} 有空闲位置",
        "home_taken": "最早可于 {when} 开始；届时主场适用的评标室由 {projects} 使用",
        "home_taken_by_both": "最早可于 {when} 开始；届时主场适用的评标室由 {projects} 使用，"
        "或另有占用或停用",
        "home_taken_by_others": "最早可于 {when} 开始；届时主场适用的评标室另有占用或停用",
        "experts_short": "最早可于 {when} 开始；届时本地区剩余专家不足",
        "home_free": "最早可于 {when} 开始，届时有空闲评标室",
        "guests_short": "最早可于 {when} 开始；届时主场有空闲评标室，但 {able} 个可选客场中有 {rooms} "
        "个能提供足够长的空闲评标室，其中 {free} 个可以邀请且专家充足；需同时有 {needed} 个",
        "no_earlier": "{when} 之前未找到主客场同时空闲的时间",
        "dearer": "主客场最早同时空闲于 {when}（客场 {guests}）；按均衡、轮换与等待计，其代价为 "
        "{other_cost}，现安排为 {own_cost}",
        "cheaper_now": "{when} 主客场同时空闲（客场 {guests}），代价 {other_cost}，现安排为 {own_cost}；"
        "排期保留了现有安排",
        "guest_only": "客场为 {guest}：可邀请的场所中仅其在该时间空闲；该客场在本排期中另支持 {supports} "
        "个项目，此前已支持 {before} 个，共 {seats} 个工位，与该主场合作过 {met} 次",
        "guest_least": "客场为 {guest}：该时间空闲的 {free} 个场所中，按均衡与轮换其代价最低；"
        "该客场在本排期中另支持 {supports} 个项目，此前已支持 {before} 个，共 {seats} 个工位，"
        "与该主场合作过 {met} 次",
        "guest_by_lot": "客场为 {guest}：该时间空闲的 {free} 个场所中，{equal} 个并列最优，由留痕随机种子 "
        "{seed} 排在首位；该客场在本排期中另支持 {supports} 个项目，此前已支持 {before} 个，共 {seats} "
        "个工位，与该主场合作过 {met} 次",
        "guest_by_search": "客场为 {guest}：该时间空闲的 {free} 个场所中，{equal} 个并列最优，由以留痕种子 "
        "{seed} 为随机源的搜索选定；该客场在本排期中另支持 {supports} 个项目，此前已支持 {before} 个，共 "
        "{seats} 个工位，与该主场合作过 {met} 次",
        "guest_not_least": "客场为 {guest}：该时间空闲的 {free} 个场所中，有 {cheaper} "
        "个按均衡与轮换代价更低；该客场在本排期中另支持 {supports} 个项目，此前已支持 {before} 个，共 "
        "{seats} 个工位，与该主场合作过 {met} 次",
        "free_place": "{when} 现有空闲位置，无须调整其他项目",
        "shorter": "评审时长缩短 {less:hours}，可于 {when} 开始",
        "fewer_guests": "减少一个客场，可于 {when} 开始",
        "more_rooms": "主场增加一间 {seats} 个工位的评标室，可于 {when} 开始",
        "move_other": "若 {other} 调整到 {to}，可于 {when} 开始",
        "clash_proven": "{count:rules}，无论其他规则如何，都没有{goal:goal}（已逐一核查全部时刻、"
        "评标室和客场）；{count:any_of}则有",
        "clash_found": "{count:rules}，无论其他规则如何，均未找到{goal:goal}；{count:any_of}则有",
        "clash_not_found": "试排 {plans} 次，未找到去除后即有{goal:goal}的规则组合",
        "clash_rule": "{rule:rule}（{parameter}：{source}）",
        "clash_rule_alone": "{rule:rule}（{parameter}：{source}）；若仅此条不适用，可于 {when} 开始",
        "clash_fact": "{rule:rule}",
        "clash_fact_alone": "{rule:rule}；若仅此条不同，可于 {when} 开始",
        "refused": "不符合规定：{text}",
    },
}
