"""Valid made-up USCCs (统一社会信用代码, GB 32100-2015)."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


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
