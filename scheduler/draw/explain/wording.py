"""Explanations as codes with facts, like refusals, and their sentences in English and Chinese."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheduler.draw.explain.chances import Chances
from scheduler.draw.explain.explanation import Explanation
from scheduler.draw.explain.funnel import Funnel
from scheduler.draw.explain.relax import MOST_SOLVES, Relaxation
from scheduler.eligibility import Reason

LANGUAGES = ("en", "zh")

REASONS: Mapping[str, Mapping[Reason, str]] = {
    "en": {
        Reason.NOT_ACTIVE: "not active in the pool",
        Reason.TOO_OLD: "over the age limit",
        Reason.OTHER_REGION: "of another region",
        Reason.OTHER_SPECIALTY: "of another specialty",
        Reason.EMPLOYER_IS_PARTY: "employed by a party of the project",
        Reason.TIE_TO_PARTY: "close to a party of the project",
        Reason.EMPLOYER_IS_BIDDER: "employed by a bidder",
        Reason.TIE_TO_BIDDER: "close to a bidder",
        Reason.REFUSED_BEFORE: "declined or left this project before",
        Reason.BUSY: "in another evaluation then",
        Reason.TOO_SOON: "too soon before or after another evaluation",
        Reason.WEEK_FULL: "at the week's limit of evaluations",
        Reason.MONTH_FULL: "at the month's limit of evaluations",
        Reason.SAME_CENTRE_RECENTLY: "at this centre recently",
        Reason.EMPLOYER_SEATED: "of an employer already at its cap",
        Reason.CONFLICT_WITH_MEMBER: "in conflict with a member",
        Reason.RESERVED: "needed by another draw of the batch",
    },
    "zh": {
        Reason.NOT_ACTIVE: "非在库有效",
        Reason.TOO_OLD: "超过年龄上限",
        Reason.OTHER_REGION: "不在该地区",
        Reason.OTHER_SPECIALTY: "专业不符",
        Reason.EMPLOYER_IS_PARTY: "任职于项目当事单位",
        Reason.TIE_TO_PARTY: "与项目当事单位有利害关系",
        Reason.EMPLOYER_IS_BIDDER: "任职于投标人",
        Reason.TIE_TO_BIDDER: "与投标人有利害关系",
        Reason.REFUSED_BEFORE: "此前拒绝或退出本项目",
        Reason.BUSY: "同一时间已参加其他评标",
        Reason.TOO_SOON: "与其他评标间隔过短",
        Reason.WEEK_FULL: "本周评标次数已满",
        Reason.MONTH_FULL: "本月评标次数已满",
        Reason.SAME_CENTRE_RECENTLY: "近期已在本中心评标",
        Reason.EMPLOYER_SEATED: "所在单位人数已达上限",
        Reason.CONFLICT_WITH_MEMBER: "与在任成员有利害关系",
        Reason.RESERVED: "为同批其他项目所必需",
    },
}

LEVELS: Mapping[str, Mapping[str, str]] = {
    "en": {"group": "group", "employer": "employer", "department": "department"},
    "zh": {"group": "集团", "employer": "单位", "department": "部门"},
}

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "draw_short": "Slots {slots} need {needed} experts; at most {available} of those eligible may sit together.",
        "thin_pool": "Slot {slot}: {eligible} eligible for {seats} seats; fewer than {enough} call for a second look.",
        "wait": "Wait: {blocked} more could be drawn at a time when no one is {words}.",
        "widen": "Widen slot {slot} from {asked} to {allowed} ({digits} digits, step {level}); a recorded, "
        "approved step.",
        "other_guest": "Another guest instead of {venue}: a venue of region {region}, if it has a room.",
        "raise_cap": "Raise the cap per {words} from {cap} to {raised}; a change of the rule book.",
        "all_of": "All of: {steps}",
        "no_relaxation": "No relaxation that the rules know of makes this draw possible.",
        "search_stopped": "The search stopped after {solves} lotteries: smaller relaxations may exist.",
        "chances": "Chances from {least} to {most}, Gini {gini}; {at_least} to {at_most} possible panels.",
    },
    "zh": {
        "draw_short": "席位 {slots} 共需专家 {needed} 名，现有合格专家中至多 {available} 名可同时入选。",
        "thin_pool": "席位 {slot}：{seats} 席合格专家仅 {eligible} 名，少于 {enough} 名须复核。",
        "wait": "等待：改至无“{words}”情形的时间，可增加 {blocked} 名。",
        "widen": "席位 {slot} 的专业由 {asked} 放宽至 {allowed}（保留 {digits} 位，第 {level} 级），须留痕并经批准。",
        "other_guest": "更换客场 {venue}：改用地区 {region} 的场所，以有空闲评标室为限。",
        "raise_cap": "同一{words}人数上限由 {cap} 提高到 {raised}，须修改规则库。",
        "all_of": "同时采取：{steps}",
        "no_relaxation": "规则所允许的放宽均不能使本次抽取可行。",
        "search_stopped": "已试算 {solves} 次后停止，可能另有更小的放宽。",
        "chances": "入选概率 {least} 至 {most}，基尼系数 {gini}；可能的评委组合 {at_least} 至 {at_most} 种。",
    },
}


@dataclass(frozen=True, slots=True)
class Said:
    """A code that never changes, with its facts as text: what a sentence in any language is made from."""

    code: str
    facts: Mapping[str, str]
    parts: tuple["Said", ...] = ()

    def sentence(self, language: str = "en") -> str:
        """The sentence in that language."""
        facts = dict(self.facts)
        if "reason" in facts:
            facts["words"] = REASONS[language][Reason(facts["reason"])]
        elif self.code == "raise_cap":
            facts["words"] = LEVELS[language][facts["level"]]
        if self.parts:
            facts["steps"] = " ".join(part.sentence(language) for part in self.parts)
        return SENTENCES[language][self.code].format_map(facts)


def shortage(found: Explanation) -> Said | None:
    """The violated cut; None when a panel exists."""
    if found.shortage is None:
        return None
    facts = {
        "slots": ", ".join(found.short_slots),
        "needed": str(found.shortage.needed),
        "available": str(found.shortage.available),
    }
    return Said("draw_short", facts)


def thin_pool(funnel: Funnel) -> Said:
    """The warning about a slot with too little choice."""
    facts = {
        "slot": funnel.slot.slot_id,
        "seats": str(funnel.slot.seats),
        "eligible": str(funnel.eligible),
        "enough": str(funnel.enough),
    }
    return Said("thin_pool", facts)


def relaxation(offer: Relaxation) -> Said:
    """What would have to be given up."""
    steps = tuple(Said(step.kind.value, dict(step.facts)) for step in offer.steps)
    return steps[0] if len(steps) == 1 else Said("all_of", {}, steps)


def remarks(found: Explanation) -> Iterator[Said]:
    """What else there is to say about the relaxations of an impossible draw."""
    if found.shortage is not None and not found.relaxations:
        yield Said("no_relaxation", {})
    if not found.searched:
        yield Said("search_stopped", {"solves": str(MOST_SOLVES)})


def chances(found: Chances) -> Said:
    """How equal the chances are, and how many panels there may be."""
    facts = {
        "least": str(found.least),
        "most": str(found.most),
        "gini": f"{found.gini} ≈ {float(found.gini):.4f}" if found.gini else "0",
        "at_least": short_number(found.panels_least),
        "at_most": short_number(found.panels_most),
    }
    return Said("chances", facts)


def short_number(number: int) -> str:
    """The number, or its first digits and its power of ten, rounded down."""
    digits = str(number)
    return f"{number:,}" if len(digits) <= 9 else f"{digits[0]}.{digits[1:3]}e{len(digits) - 1}"
