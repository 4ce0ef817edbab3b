"""A look back over draws (抽取公平性) as a workbook: one sheet a question, safe to open in any spreadsheet."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from api.reports.timetable import as_text
from api.schemas.fairness import FairnessView, VerdictView

Row = Sequence[str | int | float]
VERDICT = ("p 值 p", "Holm 校正 Holm", "错误发现率 FDR")
COUNTS = ("可抽次数 Draws", "期望 Expected", "实际 Drawn", *VERDICT)
EXPERTS = ("专家编号 Expert", *COUNTS)
REGULARS = ("专家编号 Expert", "中心 Centre", *COUNTS)
PAIRS = ("专家 One", "专家 Other", "同组次数 Together", "期望 Expected", "校正 p 值 p, corrected")
GROUPS = (
    "类别 Kind", "名称 Name", "专家数 Experts", *COUNTS, "精确 Exact", "组内 p Within",
    "组内 Holm Within, Holm", "最少 Least drawn", "最多 Most drawn", "基尼 Gini drawn", "机会基尼 Gini of chances",
)  # fmt: skip
NOTES = (
    "期望为各次抽取的精确中选概率之和。Expected is the sum of the exact chances.",
    "p 值为同样或更极端结果的概率，另列校正值。A p-value is the chance of a result as extreme; corrections beside it.",
    "本表含专家编号，仅供有权人员查阅。The book holds experts' ids: for those who may have them.",
)


def write_fairness(path: Path, view: FairnessView) -> None:
    """The workbook is written; ids are text."""
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "总览 Overview"
    for row in _overview(view):
        first.append(list(row))
    _sheet(book, "分组 Groups", GROUPS, _groups(view))
    _sheet(
        book,
        "专家 Experts",
        EXPERTS,
        (
            (as_text(one.expert_id), one.draws, one.expected, one.observed, *_verdict(one.verdict))
            for one in view.experts
        ),
    )
    _sheet(
        book,
        "常委专家 Standing members",
        REGULARS,
        (
            (
                as_text(one.expert_id),
                as_text(one.centre_id),
                one.draws,
                one.expected,
                one.observed,
                *_verdict(one.verdict),
            )
            for one in view.regulars
        ),
    )
    _sheet(
        book,
        "同组 Pairs",
        PAIRS,
        ((as_text(one.one), as_text(one.other), one.together, one.expected, one.p) for one in view.pairs),
    )
    notes = book.create_sheet("填写说明 Notes")
    for note in NOTES:
        notes.append((note,))
    book.save(path)


def _sheet(book: Workbook, title: str, header: Row, rows: Iterable[Row]) -> None:
    sheet = book.create_sheet(title)
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for nth in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(nth)].width = 16


def _overview(view: FairnessView) -> Iterable[Row]:
    yield "抽取 Draws", view.draws
    yield "席位 Seats drawn", view.seats
    yield "专家 Experts who could be drawn", view.everyone.experts
    yield "均匀性 p 值 Evenness, p", view.everyone.within.p
    yield "中选基尼 Gini of selections", view.inequality.observed
    yield "随机时基尼 Gini by honest chance", view.inequality.expected
    yield "基尼 p 值 Gini, p", view.inequality.p
    yield "重复同组 Repeat pairings", view.repeats.observed
    yield "随机时重复同组 Repeat pairings by chance", view.repeats.expected
    yield "重复同组 p 值 Repeat pairings, p", view.repeats.p
    yield "模拟次数 Replays", view.replays
    yield "种子 Seed", view.seed


def _groups(view: FairnessView) -> Iterable[Row]:
    for group in view.groups:
        yield (
            group.kind.value,
            as_text(group.name),
            group.experts,
            group.draws,
            group.expected,
            group.observed,
            *_verdict(group.count),
            "是 yes" if group.exact else "",
            group.within.p,
            group.within.holm,
            group.selections.least,
            group.selections.most,
            group.selections.gini,
            group.chances.gini,
        )


def _verdict(verdict: VerdictView) -> tuple[float, float, float]:
    return verdict.p, verdict.holm, verdict.fdr
