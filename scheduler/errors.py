"""The hierarchy of refusals: what a caller must not have asked, each with a stable code and plain facts.

SchedulerError
├── BadInput          a value breaks a stated rule: field, value, rule
│   └── (one subclass per refusal that callers tell apart, beside the code that raises it)
└── BadRules          the rule book cannot be read

Facts are positional so that a refusal pickles (solvers run in child processes), and codes never change, so
that machines and translations can rely on them. What the domain expects to happen is a result, not an error.
"""

from datetime import date, time
from typing import ClassVar


class SchedulerError(Exception):
    """A refusal with a stable code."""

    code: ClassVar[str] = "refused"

    @property
    def facts(self) -> dict[str, str]:
        """The refusal's facts by name, as text: what a message in any language is made from."""
        return {}


class BadInput(SchedulerError):
    """A value breaks a stated rule."""

    code = "bad_input"

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(field, value, rule)
        self.field, self.value, self.rule = field, value, rule

    @property
    def facts(self) -> dict[str, str]:
        return {"field": self.field, "value": str(self.value), "rule": self.rule}

    def __str__(self) -> str:
        shown = self.value.isoformat() if isinstance(self.value, date | time) else repr(self.value)
        return f"{self.field} = {shown}: {self.rule}"


class BadRules(SchedulerError):
    """The rule book cannot be read; names the file, the line and the parameter, and the value that breaks a rule."""

    code = "bad_rules"

    def __init__(self, file: str, line: int, parameter: str, rule: str, value: str | None = None) -> None:
        super().__init__(file, line, parameter, rule, value)
        self.file, self.line, self.parameter, self.rule, self.value = file, line, parameter, rule, value

    @property
    def facts(self) -> dict[str, str]:
        return {
            "file": self.file,
            "line": str(self.line),
            "parameter": self.parameter,
            "value": self.value or "",
            "rule": self.rule,
        }

    def __str__(self) -> str:
        given = "" if self.value is None else f" = {self.value}"
        return f"{self.file}:{self.line}: {self.parameter}{given}: {self.rule}"


def require(holds: bool, field: str, value: object, rule: str) -> None:
    """Raise `BadInput` unless `holds`."""
    if not holds:
        raise BadInput(field, value, rule)
