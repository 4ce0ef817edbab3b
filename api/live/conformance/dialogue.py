"""A dialogue: what client and server say to each other in order, as recorded, and where a replay may differ."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

STEPS = frozenset(("connect", "sent", "received", "closed", "cut", "world", "surfaced"))
SIDES = frozenset(("server", "client", "both"))
KINDS = re.compile(r"any|text|time|(?:same|shift):\w+")


class BadDialogue(ValueError):
    """The file is not a dialogue: file, line and what is wrong there."""


class Mismatch(AssertionError):
    """The other side did not do what the dialogue says: dialogue, step and difference."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line: what happens, its recorded content, and by path how that content may vary."""

    line: int
    kind: str
    content: Any
    vary: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation. `given` are the values that a tester may replace, such as the token."""

    name: str
    about: str
    tests: str
    given: Mapping[str, str]
    steps: tuple[Step, ...]

    @property
    def needs_world(self) -> bool:
        """Whether something has to happen at the server for it."""
        return any(step.kind == "world" for step in self.steps)


def read(path: Path, given: Mapping[str, str] | None = None) -> Dialogue:
    """The dialogue in the file, with `given` instead of what it gives itself; raises `BadDialogue`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        head = json.loads(lines[0])
        values = head["given"] | {name: one for name, one in (given or {}).items() if name in head["given"]}
        about, tests = str(head["about"]), str(head["tests"])
    except (ValueError, LookupError, TypeError):
        raise BadDialogue(f"{path.name}:1: the first line has about, tests and given") from None
    if tests not in SIDES:
        raise BadDialogue(f"{path.name}:1: tests is server, client or both")
    steps = []
    for number, line in enumerate(lines[1:], start=2):
        filled = re.sub(r"\$\{(\w+)\}", lambda found: json.dumps(values[found[1]])[1:-1], line)
        steps.append(_step(path.name, number, filled))
    return Dialogue(path.stem, about, tests, values, tuple(steps))


def _step(name: str, number: int, line: str) -> Step:
    try:
        whole = json.loads(line)
        vary = whole.pop("vary", {})
        ((kind, content),) = whole.items()
    except (ValueError, AttributeError):
        raise BadDialogue(f"{name}:{number}: one step, and vary beside it at most") from None
    if kind not in STEPS:
        raise BadDialogue(f"{name}:{number}: {kind} is none of {', '.join(sorted(STEPS))}")
    for how in vary.values():
        if not KINDS.fullmatch(how):
            raise BadDialogue(f"{name}:{number}: {how} is none of any, text, time, same:NAME, shift:NAME")
    return Step(number, kind, content, vary)


@dataclass(slots=True)
class Replay:
    """One replay of a dialogue: the values that took the place of recorded ones."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    shifts: dict[str, int] = field(default_factory=dict)

    def concrete(self, content: Any, vary: Mapping[str, str], path: str = "") -> Any:
        """The recorded content as it has to be in this replay."""
        kind, _, name = _how(vary, path).partition(":")
        if kind == "same":
            return self.texts.get((name, str(content)), content)
        if kind == "shift":
            return content + self.shifts.get(name, 0)
        if isinstance(content, dict):
            return {key: self.concrete(one, vary, _below(path, key)) for key, one in content.items()}
        if isinstance(content, list):
            return [self.concrete(one, vary, _below(path, str(nth))) for nth, one in enumerate(content)]
        return content

    def differences(
        self, content: Any, actual: Any, vary: Mapping[str, str], path: str = ""
    ) -> Iterator[str]:
        """Where the actual content is not what was recorded; learns the values that may differ."""
        how = _how(vary, path)
        if how:
            if not self._fits(how, content, actual):
                yield f"{path or 'it'} is {actual!r}, not as {content!r} ({how})"
        elif isinstance(content, dict) and isinstance(actual, dict):
            # What is null on one side and left out on the other is the same.
            for key in sorted({*content, *actual}):
                here = (content.get(key), actual.get(key))
                yield from self.differences(*here, vary, _below(path, key))
        elif isinstance(content, list) and isinstance(actual, list) and len(content) == len(actual):
            for nth, here in enumerate(zip(content, actual, strict=True)):
                yield from self.differences(*here, vary, _below(path, str(nth)))
        elif content != actual or type(content) is not type(actual):
            yield f"{path or 'it'} is {actual!r}, not {content!r}"

    def _fits(self, how: str, content: Any, actual: Any) -> bool:
        kind, _, name = how.partition(":")
        match kind:
            case "any":
                return True
            case "time":
                return isinstance(actual, str) and _is_time(actual)
            case "same" if isinstance(actual, str):
                # One recorded text stands for one actual text, throughout.
                return self.texts.setdefault((name, str(content)), actual) == actual
            case "shift" if isinstance(actual, int):
                shift: int = actual - content
                return self.shifts.setdefault(name, shift) == shift
            case _:
                return kind == "text" and isinstance(actual, str)


def _how(vary: Mapping[str, str], path: str) -> str:
    if path in vary:
        return vary[path]
    steps = path.split("/")
    for pattern, how in vary.items():
        wanted = pattern.split("/")
        if len(wanted) == len(steps) and all(w in ("*", s) for w, s in zip(wanted, steps, strict=True)):
            return how
    return ""


def _below(path: str, key: str) -> str:
    # A topic has a slash of its own; in a path it counts as one step.
    step = key.replace("/", "~1")
    return f"{path}/{step}" if path else step


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
