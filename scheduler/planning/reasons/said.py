"""What the planner says of a project: codes with facts, like refusals, and their sentences in English and Chinese."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scheduler.planning.reasons.sentences import EXEMPTIONS, GOALS, RULES, SENTENCES
from scheduler.timeline import MINUTES_A_DAY

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Said:
    """A code that never changes, with its facts as text: what a sentence in any language is made from."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def sentence(self, language: str = "en") -> str:
        """The sentence in that language; a refusal without a sentence of its own says its text."""
        sentences = SENTENCES[language]
        told = {name: _Told(value, language) for name, value in self.facts.items()}
        return sentences.get(self.code, sentences["refused"]).format_map(told)


class _Told:
    """A fact in a sentence: as it is, or in one of the forms below."""

    def __init__(self, text: str, language: str) -> None:
        self._text, self._language = text, language

    def __format__(self, form: str) -> str:
        return FORMS[form](self._text, self._language) if form else self._text


def _sessions(text: str, language: str) -> str:
    if language == "zh":
        return f"{text} 个场次"
    return "one session" if text == "1" else f"{text} sessions"


def _gear(text: str, language: str) -> str:
    joiner = "、" if language == "zh" else " and "
    return "".join(joiner + name for name in text.split(", ") if name)


def _rules(text: str, language: str) -> str:
    if language == "zh":
        return "仅以下一条" if text == "1" else f"以下 {text} 条合在一起"
    return "this one rule leaves" if text == "1" else f"these {text} rules together leave"


def _any_of(text: str, language: str) -> str:
    if language == "zh":
        return "若无此条" if text == "1" else "缺少其中任何一条"
    return "without it" if text == "1" else "without any one of them"


def hours(minutes: int, language: str = "en") -> str:
    """Minutes in words: 8 h 30 min."""
    full, rest = divmod(minutes, 60)
    hour, minute = ("小时", "分") if language == "zh" else ("h", "min")
    return " ".join(([f"{full} {hour}"] if full else []) + ([f"{rest} {minute}"] if rest or not full else []))


def clock(minute: int, language: str = "en") -> str:
    """A minute of the day as 22:00; past midnight that of a later day."""
    days, rest = divmod(minute, MINUTES_A_DAY)
    at = f"{rest // 60:02d}:{rest % 60:02d}"
    if not days:
        return at
    if language == "zh":
        return f"次日 {at}" if days == 1 else f"第 {days + 1} 日 {at}"
    return f"{at} on the next day" if days == 1 else f"{at}, {days} days later"


FORMS: Mapping[str, Callable[[str, str], str]] = {
    "hours": lambda text, language: hours(int(text), language),
    "clock": lambda text, language: clock(int(text), language),
    "sessions": _sessions,
    "gear": _gear,
    "exemption": lambda text, language: EXEMPTIONS[language].get(text, text),
    "rule": lambda text, language: RULES[language][text],
    "goal": lambda text, language: GOALS[language][text],
    "rules": _rules,
    "any_of": _any_of,
}
