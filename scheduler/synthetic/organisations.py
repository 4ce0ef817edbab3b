"""Made-up organisations with valid USCCs (统一社会信用代码, GB 32100-2015) and names."""

from dataclasses import dataclass
from functools import lru_cache

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

_TRADES = (
    "建筑设计院",
    "工程咨询公司",
    "水利站",
    "交通局",
    "住建局",
    "职业学院",
    "人民医院",
    "建设集团",
    "造价所",
)

EMPLOYERS = 64
"""Employers in each region; the first four employ half of its experts, so that employer caps bind."""

LARGE_EMPLOYERS = 4


@dataclass(frozen=True, slots=True, order=True)
class Organisation:
    """An organisation by its USCC; the name is for people to read."""

    uscc: str
    name: str


@lru_cache(maxsize=1 << 18)
def uscc(region: str, number: int) -> str:
    """The code of a made-up enterprise: 91, six digits of region, nine of subject, check character."""
    subject = f"{number:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(int(digit) * weight for digit, weight in zip(subject, weights, strict=True)) % 11
    body = "91" + region + subject + {10: "X", 11: "0"}.get(check, str(check))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The last character of a USCC whose first 17 are `body`: 31 minus the weighted sum modulo 31."""
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def is_uscc(text: str) -> bool:
    """Whether the text is a well-formed USCC with a fitting check character."""
    return (
        len(text) == 18 and all(char in _ALPHABET for char in text) and check_character(text[:17]) == text[17]
    )


def employers(region: str, name: str) -> list[Organisation]:
    """The employers of a region, large ones first; they are also its tenderers."""
    return [
        Organisation(uscc(region, number), f"{name}{_TRADES[number % len(_TRADES)]}{number + 1:02d}")
        for number in range(EMPLOYERS)
    ]
