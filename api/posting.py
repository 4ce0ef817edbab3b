"""One signed POST to a stranger's server: to a checked address, within a deadline, following nothing.

The signature is that of Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over id, timestamp and body.
Written on sockets, because the address that was checked must be the address that is connected to, and
because no answer, however slow or long, may hold the sender up.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import io
import ipaddress
import re
import secrets
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPException, parse_headers

from api.targets import Address, Allowed, Target, may_reach
from scheduler.errors import BadInput

SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret starts with
SECRET_BYTES = range(24, 65)
HEAD_BYTES = 32_768

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: the message's id, which a retry keeps, and its body."""

    message_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the status, or the reason why there is none; and for how long the receiver wants peace."""

    status: int | None
    reason: str = ""
    retry_after: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the receiver has taken the message."""
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        return self.reason if self.status is None else f"status {self.status}"


def new_secret() -> str:
    """A fresh signing secret."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The key that the secret stands for; raises `BadInput`, which does not show it."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(SECRET_PREFIX) or len(key) not in SECRET_BYTES:
        raise BadInput("secret", "(secret)", "whsec_ and base64 of 24 to 64 bytes")
    return key


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of the message at that time."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


async def post(
    target: Target, letter: Letter, key: bytes, timestamp: int, allowed: Allowed, seconds: float
) -> Answer:
    """What came of sending the letter, after at most that many seconds; never raises for what others do."""
    try:
        async with asyncio.timeout(seconds):
            addresses = await _addresses(target, allowed)
            if not addresses:
                return Answer(None, "address refused")
            reader, writer = await _connect(target, addresses)
            try:
                writer.write(_request(target, letter, key, timestamp))
                await writer.drain()
                return await _answer(reader)
            finally:
                writer.transport.abort()
    except (OSError, EOFError, asyncio.LimitOverrunError, HTTPException, ValueError) as failure:
        return Answer(None, _reason(failure))


def _reason(failure: Exception) -> str:
    """The failure in a few words, which tell nothing of what the receiver said."""
    match failure:
        case TimeoutError():
            return "timeout"
        case ssl.SSLError():
            return f"tls: {failure.reason or type(failure).__name__}"[:200]
        case socket.gaierror():
            return "host name unknown"
        case OSError():
            return f"connection: {type(failure).__name__}"
        case _:
            return "no HTTP answer"


async def _addresses(target: Target, allowed: Allowed) -> list[Address]:
    """The addresses of the host; none when a request may not go to every one of them."""
    found = await asyncio.get_running_loop().getaddrinfo(
        target.host, target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    return addresses if all(may_reach(one, allowed) for one in addresses) else []


async def _connect(target: Target, addresses: list[Address]) -> Connection:
    """A connection to the first address that takes one."""
    secure = ssl.create_default_context() if target.secure else None
    name = target.host if target.secure else None
    for nth, address in enumerate(addresses, start=1):
        try:
            return await asyncio.open_connection(
                str(address), target.port, ssl=secure, server_hostname=name, limit=HEAD_BYTES
            )
        except OSError:
            if nth == len(addresses):
                raise
    raise ConnectionError


async def _answer(reader: asyncio.StreamReader) -> Answer:
    while True:
        line, _, rest = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
        found = re.match(rb"HTTP/1\.[01] (\d{3})(?: |$)", line)
        if found is None:
            raise HTTPException
        status = int(found[1])
        if status >= 200:  # what comes before that is interim
            after = parse_headers(io.BytesIO(rest)).get("Retry-After", "")
            return Answer(status, retry_after=int(after) if re.fullmatch(r"\d{1,6}", after) else 0)


def _request(target: Target, letter: Letter, key: bytes, timestamp: int) -> bytes:
    headers = {
        "Host": target.authority,
        "User-Agent": "yidi",
        "Content-Type": "application/json",
        "Content-Length": str(len(letter.body)),
        "Connection": "close",
        "webhook-id": letter.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(key, letter.message_id, timestamp, letter.body),
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + letter.body
