"""A receiver of webhooks that behaves as badly as told to, an office small enough for it, and a fast clock.

python -m tests.live.receivers DATABASE_URL     a courier alone, to be killed
"""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime
from datetime import time as hour

from sqlmodel import select

from api.calendars import published_calendar
from api.clocks import WallClock
from api.courier import Courier, Manner
from api.database import make_engine
from api.keys import Keys
from api.office import Office
from api.sealing import Sealer
from api.services import accounts
from api.signing import Signer
from api.store.events import append
from api.targets import Allowed
from models.accounts import AccountRow
from models.centres import CentreRow
from models.venues import VenueRow
from scheduler.rules import default_rule_book

SPEED = 120
START = datetime(2026, 11, 24, tzinfo=UTC)
LOOSE = Manner(Allowed(plain_http=True, private=True), seconds=0.6)


def fast_now():
    """A time that runs 120 times as fast, the same in every process: minutes of waiting take a second."""
    return START + (datetime.now(UTC) - START) * SPEED


def office_at(url):
    """An office on the migrated database, in real time."""
    keys = Keys(Sealer((("k1", b"1" * 32),)), Signer(b"2" * 32))
    return Office(make_engine(url), default_rule_book(), published_calendar(), keys, WallClock())


def settle_in(office):
    """Two centres with a venue each and an account of each kind; tokens by account."""
    wanted = [
        (AccountRow(account_id="machine", role="machine", centre_id="C1"), {"V1"}),
        (AccountRow(account_id="operator", role="operator", centre_id="C1"), {"V1"}),
        (AccountRow(account_id="host", role="host"), {"V2"}),
        (AccountRow(account_id="supervisor", role="supervisor", region="5323"), set()),
        (AccountRow(account_id="admin", role="administrator"), set()),
    ]
    with office.changing() as session:
        for nth in "12":
            session.add(CentreRow(centre_id=f"C{nth}", name="", region="532301"))
            session.flush()
            venue = VenueRow(venue_id=f"V{nth}", centre_id=f"C{nth}", name="", region="532301",
                             opens=hour(9), closes=hour(22))  # fmt: skip
            session.add(venue)
            session.flush()
        now = office.clock.now()
        issued = [accounts.add(session, row, frozenset(places), now=now) for row, places in wanted]
    return {one.account_id: one.token for one in issued}


def happen(office, numbers, *topics):
    """An event for each number, in one transaction."""
    with office.changing() as session:
        for number in numbers:
            append(session, "support.counted", topics, {"support_count": number}, datetime.now(UTC), "test")


class Receiver:
    """An HTTP server on raw sockets. `behave` is asked for each request: a status, or something to do wrong.

    "cut" takes the message and hangs up, "refuse" hangs up at once, "stall" says nothing, "drip" says it
    byte by byte for ever, "half" stops in the middle of the head, "garbage" is no HTTP, "interim" is 103 then 204.
    """

    def __init__(self, *behaviour, usually=204, context=None):
        self.behaviour, self.usually, self.context = deque(behaviour), usually, context
        self.requests, self.lock = [], threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.open = True
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}/hook?a=b"

    def close(self):
        self.open = False
        self.server.close()

    def _accept(self):
        while self.open:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                connection.settimeout(5)
                self._answer(connection)
        except (OSError, ssl.SSLError):
            pass

    def _answer(self, connection):
        with self.lock:
            how = self.behaviour.popleft() if self.behaviour else self.usually
        how = how() if callable(how) else how
        if how == "refuse":
            return
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        line, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (one.split(": ", 1) for one in rest)}
        while len(body) < int(headers["content-length"]):
            body += connection.recv(65536)
        with self.lock:
            self.requests.append({"line": line, "headers": headers, "body": body, "how": how})
        match how:
            case "cut":
                return
            case "stall":
                time.sleep(1.5)
            case "drip":
                for byte in b"HTTP/1.1 204 No Content\r\n" + b"x: y\r\n" * 1000:
                    connection.sendall(bytes([byte]))
                    time.sleep(0.05)
            case "half":
                connection.sendall(b"HTTP/1.1 204 No Content\r\nx:")
            case "garbage":
                connection.sendall(b"SSH-2.0-nonsense\r\n\r\n")
            case "interim":
                connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
            case _:
                text = how if isinstance(how, str) else f"{how} Whatever"
                connection.sendall(f"HTTP/1.1 {text}\r\nContent-Length: 0\r\n\r\n".encode())

    def messages(self, only_accepted=False):
        """The bodies in the order of their coming."""
        with self.lock:
            return [
                json.loads(one["body"]) for one in self.requests if not only_accepted or one["how"] == 204
            ]

    def offsets(self, topic):
        """Every offset of the topic that came, in order, repetitions too."""
        return [
            event["offset"]
            for message in self.messages()
            if message["type"] == "events" and message["topic"] == topic
            for event in message["events"]
        ]

    def wait_for(self, holds, seconds=15):
        end = time.monotonic() + seconds
        while not holds(self):
            assert time.monotonic() < end, [one["how"] for one in self.requests]
            time.sleep(0.02)


def signed(request, secret):
    """Whether the signature holds, by the text of the Standard Webhooks specification alone."""
    headers = request["headers"]
    key = base64.b64decode(secret.split("_", 1)[1])
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request["body"]
    wanted = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"].split(" ") == [f"v1,{wanted}"]


class Delivering:
    """A courier at work for as long as the block lasts."""

    def __init__(self, office, manner=LOOSE, now=fast_now):
        self.courier = Courier(office, manner, now)

    def __enter__(self):
        self.courier.start()
        return self.courier

    def __exit__(self, *_):
        self.courier.stop()
        self.courier.join(10)
        assert not self.courier.is_alive()


def account(office, account_id, **changes):
    """The account's row is changed, as an administrator would."""
    with office.changing() as session:
        row = session.exec(select(AccountRow).where(AccountRow.account_id == account_id)).one()
        for name, value in changes.items():
            setattr(row, name, value)
        session.add(row)


if __name__ == "__main__":
    alone = Courier(office_at(sys.argv[1]), LOOSE, fast_now)
    alone.start()
    print("ready", flush=True)
    alone.join()
