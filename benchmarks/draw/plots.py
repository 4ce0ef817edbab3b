"""The results as two SVG plots."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

from benchmarks.draw.report import with_error

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "yidi"
COLOURS = {
    "yidi": "#0b6e4f",
    "sortition maximin": "#b5361c",
    "sortition nash": "#e08e45",
    "slot by slot": "#5b6c9d",
    "scarcest first": "#8c6bb1",
    "CP-SAT, random weights": "#7a7a7a",
}


def draw_plots(rows: list[dict[str, Any]], scale: list[dict[str, Any]], folder: Path) -> None:
    """Seconds by size of the pool, and the least chance of each contender."""
    figure, axes = plt.subplots(figsize=(7, 4.5))
    sizes = [entry["experts"] for entry in scale]
    axes.plot(
        sizes,
        [entry["seconds"] for entry in scale],
        "o-",
        color=COLOURS["yidi"],
        label="Yidi, arrays to panel",
    )
    axes.plot(
        sizes, [entry["hash_pass"] for entry in scale], ":", color="#444", label="hashing every eligible id"
    )
    for name in ("sortition maximin", "sortition nash"):
        own = [row for row in rows if row["contender"] == name]
        done = [row for row in own if "seconds" in row]
        killed = [row for row in own if "killed_after" in row]
        axes.plot(
            [row["experts"] for row in done],
            [row["seconds"] for row in done],
            "s-",
            color=COLOURS[name],
            label=name,
        )
        axes.plot(
            [row["experts"] for row in killed],
            [row["killed_after"] for row in killed],
            "x",
            color=COLOURS[name],
        )
    axes.set(xscale="log", yscale="log", xlabel="experts in the pool", ylabel="seconds (× killed)")
    axes.legend(frameon=False)
    _save(figure, folder / "scale.svg")
    instances = list(dict.fromkeys(row["instance"] for row in rows))
    figure, panes = plt.subplots(1, len(instances), figsize=(3 * len(instances), 4))
    for pane, instance in zip(panes, instances, strict=True):
        own = [with_error(row) for row in rows if row["instance"] == instance and "min_chance" in row]
        names, errors = [row["contender"] for row in own], [row.get("±", 0) for row in own]
        colours = [COLOURS[name] for name in names]
        pane.bar(names, [row["min_chance"] for row in own], yerr=errors, color=colours)
        pane.set_title(instance)
        pane.tick_params(axis="x", rotation=90)
    panes[0].set_ylabel("least chance, ± standard error")
    _save(figure, folder / "chances.svg")


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
