"""Where webhooks may be sent: public addresses over HTTPS, unless the installation allows more.

Checked on the URL when a webhook is made, and on each address that its host name stands for at every send.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from scheduler.errors import BadInput

PORTS = {"https": 443, "http": 80}
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class UrlRefused(BadInput):
    """The service sends nothing to this URL."""

    code = "url_refused"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the installation allows beyond public addresses over HTTPS."""

    plain_http: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in the parts that a request needs; `path` includes the query."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = PORTS["https" if self.secure else "http"]
        return host if self.port == usual else f"{host}:{self.port}"


def target_of(url: str, allowed: Allowed) -> Target:
    """The parts of the URL; raises `UrlRefused` for what is not sent to, whatever its host name stands for."""
    shown = url.partition("?")[0][:200]  # a query may hold a secret
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError):
        raise UrlRefused("url", shown, "an absolute URL") from None
    if parts.scheme not in PORTS or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise UrlRefused("url", shown, "an absolute https URL in ASCII")
    if parts.scheme == "http" and not allowed.plain_http:
        raise UrlRefused("url", shown, "https only")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise UrlRefused("url", f"{parts.scheme}://{host}", "no user, password or fragment")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if not may_reach(literal, allowed):
            raise UrlRefused("url", shown, "a public address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, path)


def may_reach(address: Address, allowed: Allowed) -> bool:
    """Whether a request may go to the address: never to a multicast or unspecified one.

    An IPv6 address that only wraps an IPv4 one is judged by what it wraps.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return may_reach(inner, allowed)
    if address.is_multicast or address.is_unspecified:
        return False
    return allowed.private or address.is_global
