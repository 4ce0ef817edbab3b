"""Pictures of what was measured, as SVG that is the same for the same figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLOURS = {
    "yidi": "#1b6ca8",
    "first come first served": "#8a8a8a",
    "monolithic CP-SAT": "#c8553d",
    "PyJobShop": "#588157",
}


def canvas(rows: int, columns: int, size: tuple[float, float], **options: Any) -> tuple[Any, Any]:
    """A figure and its panels, always a grid of rows and columns."""
    import matplotlib  # noqa: PLC0415 - only who draws needs it

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "yidi", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot  # noqa: PLC0415

    return pyplot.subplots(rows, columns, figsize=size, squeeze=False, **options)


def save(figure: Any, file: Path) -> None:
    """The figure in the file, without a date."""
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def bars(
    rows: Sequence[dict[str, Any]],
    by: str,
    shown: Sequence[tuple[str, str]],
    planners: Sequence[str],
    file: Path,
) -> None:
    """One panel for each column shown: bars of the planners side by side for each value of `by`."""
    groups = list(dict.fromkeys(row[by] for row in rows))
    figure, panels = canvas(len(shown), 1, (9, 2.6 * len(shown)), sharex=True)
    width = 0.8 / len(planners)
    for axes, (column, label) in zip(panels[:, 0], shown, strict=True):
        for nth, planner in enumerate(planners):
            heights: list[tuple[float, float]] = []
            for row in (row for row in rows if row["planner"] == planner):
                at = groups.index(row[by]) + (nth + 0.5) * width - 0.4
                if row.get(column) is None:
                    axes.text(at, 0, " no plan", rotation=90, ha="center", va="bottom", fontsize=7)
                else:
                    heights.append((at, row[column]))
            if heights:
                axes.bar(*zip(*heights, strict=True), width, label=planner, color=COLOURS[planner])
        axes.set_xlim(-0.6, len(groups) - 0.4)
        axes.set_ylabel(label)
    panels[0, 0].legend()
    panels[-1, 0].set_xticks(range(len(groups)), groups, rotation=30, ha="right")
    save(figure, file)


def courses(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """For each instance cost (full lines) and proven bound (dashed) over time, seconds on a logarithmic axis."""
    names = list(dict.fromkeys(row["instance"] for row in rows))
    figure, panels = canvas(-(-len(names) // 2), 2, (10, 3 * -(-len(names) // 2)))
    for axes, name in zip(panels.flat, names, strict=False):
        here = [row for row in rows if row["instance"] == name and row.get("course")]
        for row in here:
            colour, end = COLOURS[row["planner"]], row["seconds"]
            points = [(max(0.01, at), cost) for at, cost, _ in row["course"] if cost is not None]
            if len(points) > 1:
                points.append((end, points[-1][1]))
                axes.step(*zip(*points, strict=True), where="post", color=colour, label=row["planner"])
            elif points:
                axes.plot(*zip(*points, strict=True), "o", color=colour, label=row["planner"])
            bounds = [(max(0.01, at), bound) for at, _, bound in row["course"] if bound > 0]
            if bounds:
                bounds.append((end, bounds[-1][1]))
                axes.step(*zip(*bounds, strict=True), where="post", color=colour, linestyle="--", linewidth=1)
        axes.set_xscale("log")
        axes.set_yscale("log")
        for which in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
            which("{x:,.0f}")
        axes.legend(fontsize=7)
        axes.set_title(f"{name}: cost, and bound (dashed)")
        axes.set_xlabel("seconds")
    save(figure, file)
