"""`yidi fairness`: were past draws as even as their stated chances promise?"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.terminal import advancing, out, say_error
from api.files.histories import read_folder
from api.files.writing import secret_folder, write_secret
from api.reports.fairness import narrowed
from api.reports.fairness_book import write_fairness
from api.schemas.fairness import FairnessView
from scheduler.fairness import GroupKind, common_seed, look_back

STRIKING = 0.05
"""The chance that honest draws have anything at all called striking: it is shared among the lists."""

KINDS = {
    GroupKind.CENTRE: "中心 by centre",
    GroupKind.SPECIALTY: "专业 by specialty",
    GroupKind.EMPLOYER: "单位 by employer",
}


def fairness(
    folder: Annotated[Path, typer.Argument(help="Holds draws/ and sealed/, itself or further down.")],
    sealed: Annotated[
        Path | None, typer.Option(help="The folder of sealed parts, where FOLDER holds certificates itself.")
    ] = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Where to write fairness.json and fairness.xlsx.")
    ] = None,
    replays: Annotated[int, typer.Option(help="How often all draws are held again by chance.", min=99)] = 999,
    specialty: Annotated[str, typer.Option(help="Only what concerns this specialty and those below.")] = "",
    employer: Annotated[str, typer.Option(help="Only what concerns this employer (USCC).")] = "",
    top: Annotated[int, typer.Option(help="How many lines of each list.", min=1)] = 10,
) -> None:
    """Look back over past draws: selections against chances, standing members, repeat pairings.

    Example: yidi fairness out

    As files, experts by id: yidi fairness out --out fairness
    """
    with advancing() as advance:
        read = read_folder(folder, sealed, lambda done, total: advance("verify", done, total))
    for flaw in read.flaws:
        say_error(f"{flaw.where}: {flaw.rule}")
    if read.draws:
        found = look_back(read.draws, common_seed(draw.draw_id for draw in read.draws), replays)
        whole = narrowed(FairnessView.of(found), read.draws, specialty, employer, len(found.experts) ** 2)
        _tell(whole, top)
        if out_dir is not None:
            secret_folder(out_dir)
            write_secret(out_dir / "fairness.json", whole.model_dump_json(indent=1) + "\n")
            write_secret(out_dir / "fairness.xlsx", "")
            write_fairness(out_dir / "fairness.xlsx", whole)
            out.print(f"Written to [bold]{escape(str(out_dir))}[/]: fairness.json, fairness.xlsx")
    if read.flaws:
        say_error(
            f"{len(read.flaws)} certificates or chains fail; their draws are not counted or not complete"
        )
        raise typer.Exit(1)


def _tell(view: FairnessView, top: int) -> None:
    title = "Yidi 异地 · 抽取公平性 fairness of past draws"
    table = Table(title=title, title_justify="left", show_header=False)
    for name, value in _overview(view):
        table.add_row(name, value)
    out.print(table)
    for kind, named in KINDS.items():
        groups = sorted(
            (group for group in view.groups if group.kind is kind),
            key=lambda group: (min(group.count.p, group.within.p), group.name),
        )
        _print(
            f"分组 groups, {named}",
            ("", "专家 experts", "期望 expected", "实际 drawn", "p", "Holm", "组内 p within", "Gini"),
            [
                (
                    group.name,
                    str(group.experts),
                    f"{group.expected:.2f}",
                    str(group.observed),
                    _p(group.count.p),
                    _p(group.count.holm),
                    _p(group.within.p),
                    f"{group.selections.gini:.3f} / {group.chances.gini:.3f}",
                )
                for group in groups
            ],
            top,
        )
    counts = ("可抽 draws", "期望 expected", "实际 drawn", "p", "Holm", "FDR")
    _print(
        "专家 experts, most striking first",
        ("", *counts),
        [
            (one.expert_id, str(one.draws), f"{one.expected:.2f}", str(one.observed), _p(one.verdict.p),
             _p(one.verdict.holm), _p(one.verdict.fdr))
            for one in view.experts
        ],
        top,
    )  # fmt: skip
    _print(
        "常委专家 standing members: one expert, one centre, drawn at least twice",
        ("", "中心 centre", *counts),
        [
            (one.expert_id, one.centre_id, str(one.draws), f"{one.expected:.2f}", str(one.observed),
             _p(one.verdict.p), _p(one.verdict.holm), _p(one.verdict.fdr))
            for one in view.regulars
        ],
        top,
    )  # fmt: skip
    _print(
        "同组 pairs who met at least twice",
        ("", "", "同组 together", "期望 expected", "校正 p corrected"),
        [(one.one, one.other, str(one.together), f"{one.expected:.2f}", _p(one.p)) for one in view.pairs],
        top,
    )
    out.print(_sentence(view))


def _overview(view: FairnessView) -> Iterable[tuple[str, str]]:
    repeats, inequality = view.repeats, view.inequality
    yield "抽取 draws", str(view.draws)
    yield "席位 seats drawn", str(view.seats)
    yield "专家 experts who could be drawn", str(view.everyone.experts)
    yield "均匀性 evenness over all", f"p = {_p(view.everyone.within.p)}"
    drawn, chances = view.everyone.selections, view.everyone.chances
    yield "最少–最多中选 least to most drawn", f"{drawn.least:.0f} – {drawn.most:.0f}"
    yield "最少–最多期望 least to most expected", f"{chances.least:.2f} – {chances.most:.2f}"
    yield (
        "基尼系数 Gini of selections",
        f"{inequality.observed:.3f}, by honest chance {inequality.expected:.3f}, p = {_p(inequality.p)}",
    )
    yield "机会基尼 Gini of chances", f"{chances.gini:.3f}"
    yield (
        "重复同组 repeat pairings",
        f"{repeats.observed:.0f}, by honest chance {repeats.expected:.1f}, p = {_p(repeats.p)}",
    )
    yield "模拟 replays", f"{view.replays}, seed {view.seed[:16]}…"


def _sentence(view: FairnessView) -> str:
    """What stands out over the whole report, or that nothing does: each list has its share of the error."""
    lists = [
        {"evenness over all": view.everyone.within.p},
        {"Gini": view.inequality.p},
        {"repeat pairings": view.repeats.p},
        {f"expert {one.expert_id}": one.verdict.holm for one in view.experts},
        {f"{one.expert_id} at {one.centre_id}": one.verdict.holm for one in view.regulars},
        {f"{one.one} with {one.other}": one.p for one in view.pairs},
    ]
    for kind in KINDS:
        own = [group for group in view.groups if group.kind is kind]
        lists.append({f"{kind.value} {group.name}": group.count.holm for group in own})
        lists.append({f"within {kind.value} {group.name}": group.within.holm for group in own})
    bound = STRIKING / len(lists)
    striking = [name for tests in lists for name, p in tests.items() if p <= bound]
    if not striking:
        return f"[green]Nothing stands out from chance[/] at {STRIKING:.0%} over the whole report."
    listed = ", ".join(escape(name) for name in striking[:10]) + (", …" if len(striking) > 10 else "")
    return f"[yellow]Stands out from chance[/] at {STRIKING:.0%} over the whole report: {listed}"


def _print(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], top: int) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left")
    for name in header:
        table.add_column(name, justify="right" if name else "left", no_wrap=not name)
    for row in rows[:top]:
        table.add_row(*(escape(cell) for cell in row))
    out.print(table)
    if len(rows) > top:
        out.print(f"… and {len(rows) - top} more", highlight=False)


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.0e}"
