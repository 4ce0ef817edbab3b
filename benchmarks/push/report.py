"""Results on paper: JSON as measured, tables for readers, a plot."""

import json

from matplotlib.figure import Figure

from benchmarks.push.processes import HERE

FOLDER = HERE / "results"
LIMIT = "bare asyncio"
COLUMNS = {
    "delivered_per_s": "delivered/s",
    "of_limit": "of the limit",
    "cpu_us": "CPU µs each",
    "server_cpu": "server's core",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
    "p99_ms_worst": "p99 ms, worst round",
    "events_per_read": "events per read",
    "kb_per_client": "KB per idle client",
    "load_cpu": "load client's core",
    "machine_cpu": "both cores",
    "missed": "missed",
}


def line(one):
    """One measurement on one line of the terminal."""
    told = (
        "delivered_per_s",
        "cpu_us",
        "p50_ms",
        "p99_ms",
        "kb_per_client",
        "load_cpu",
        "machine_cpu",
        "missed",
    )
    return f"{one['server']:>22} {one['clients']:>5} x{one['burst']:<3} " + " ".join(
        f"{key}={one[key]}" for key in told
    )


def earlier():
    """What earlier runs found, for scenarios that are not run again."""
    file = FOLDER / "results.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def write(results):
    """All three files."""
    FOLDER.mkdir(exist_ok=True)
    results = results | {"fanout": [tidy(one) for one in results.get("fanout", ())]}
    text = json.dumps(results, indent=1, ensure_ascii=False)
    (FOLDER / "results.json").write_text(text + "\n", encoding="utf-8")
    (FOLDER / "results.md").write_text("\n".join(tables(results)) + "\n", encoding="utf-8")
    if results["fanout"]:
        plot(results["fanout"])


def tidy(one):
    """A measurement without digits that mean nothing."""
    return {
        key: value if not isinstance(value, float) else int(value) if value.is_integer() else round(value, 2)
        for key, value in one.items()
    }


def tables(results):
    """The results as Markdown."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    yield "# Push: results"
    yield ""
    yield (
        f"{machine['cores']} cores ({machine['model']}), {machine['system']}, Python {machine['python']}, {versions}; "
        f"load client in C ({machine['compiler']}). Load average at the start: {machine['load_before']}. "
        "Written by `python -m benchmarks.push.run`."
    )
    yield ""
    yield (
        "Every event carries its offset and its time: `missed` counts gaps, delays are of all events delivered. "
        "Yidi goes through a database (commit, relay, redaction, frame): on PostgreSQL another process commits, on "
        "SQLite a thread of the same process, as in the embedded service. The peers keep no log. In bursts the limit "
        "writes a turn's events at once, as Yidi does. `both cores` is what the whole machine was busy with, other "
        "people's work included: where it is near 2, rates and delays are those of a crowded machine, and Yidi, behind "
        "its schedule, sends several events in one write (`events per read`): so it can pass the limit's rate. A "
        "peer stamps an event when it gets round to it: what it is late with does not count as delay, only as a rate "
        "below the one wanted. Yidi's CPU has its heartbeats, pings and polls in it."
    )
    for clients, burst in dict.fromkeys((one["clients"], one["burst"]) for one in results.get("fanout", ())):
        group = [one for one in results["fanout"] if (one["clients"], one["burst"]) == (clients, burst)]
        limit = next((one["delivered_per_s"] for one in group if one["server"] == LIMIT), None)
        what = "an event at a time" if burst == 1 else f"bursts of {burst}"
        yield from ("", f"## {clients:,} clients, {what}, {clients * 20:,}/s wanted", "")
        yield f"Rounds: {group[0]['rounds']}."
        yield from (
            "",
            "| Server | " + " | ".join(COLUMNS.values()) + " |",
            "|---" * (len(COLUMNS) + 1) + "|",
        )
        for one in group:
            share = f"{one['delivered_per_s'] / limit:.2f}" if limit else "–"
            values = [share if key == "of_limit" else f"{one[key]:,}" for key in COLUMNS]
            yield f"| {one['server']} | " + " | ".join(values) + " |"
    for name, title in (
        ("latency", "Two nodes on PostgreSQL: from publication to delivery"),
        ("storm", "The node is killed; all clients come back at once"),
        ("stall", "Clients that never read, beside clients that follow"),
    ):
        if name in results:
            yield from ("", f"## {title}", "", "| | |", "|---|---|")
            for key, value in results[name].items():
                told = (
                    "; ".join(f"{what.replace('_', ' ')} {got}" for what, got in value.items())
                    if isinstance(value, dict)
                    else f"{value:,}"
                )
                yield f"| {key.replace('_', ' ')} | {told} |"


def plot(fanout):
    """Deliveries and CPU of every contender by the number of clients."""
    figure = Figure(figsize=(11, 8), layout="constrained")
    axes = figure.subplots(2, 2)
    for row, burst in enumerate(sorted({one["burst"] for one in fanout})):
        for column, (key, title) in enumerate(
            {"delivered_per_s": "delivered events/s", "cpu_us": "CPU µs per delivered event"}.items()
        ):
            panel = axes[row][column]
            for name in dict.fromkeys(one["server"] for one in fanout):
                points = [
                    (one["clients"], one[key])
                    for one in fanout
                    if (one["server"], one["burst"]) == (name, burst)
                ]
                style = {"linewidth": 2.5} if name.startswith("Yidi") else {"linestyle": "--"}
                panel.plot(*zip(*points, strict=True), marker="o", label=name, **style)
            panel.set(xscale="log", yscale="log", xlabel="clients", title=f"{title}, {burst} at a time")
            panel.grid(alpha=0.3)
    axes[0][0].legend(fontsize=8)
    figure.savefig(FOLDER / "results.svg", metadata={"Date": None})
