"""The timetable (排期表) as a workbook: one row for each part of each session, safe to open in any spreadsheet."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from scheduler.planning import Plan, Side
from scheduler.projects import Project
from scheduler.timeline import ZONE
from scheduler.venues import Venue

HEADER = (
    "项目编号 Project", "项目名称 Name", "场次 Session", "日期 Date", "开始 Start", "结束 End", "主/客场 Side",
    "场所 Venue", "评标室 Room", "工位 Seats", "专家 Experts", "开评分离 Split", "说明 Reason",
)  # fmt: skip
NOTES = (
    "一行为一个场次在一个场所的安排。One row is one session at one venue.",
    "时间为北京时间 (Asia/Shanghai)。Times are local.",
    "本表不含评标专家姓名。The sheet names no expert.",
    "编号为文本。Ids are text.",
)


def write_timetable(
    path: Path, plan: Plan, projects: Mapping[str, Project], venues: Mapping[str, Venue]
) -> None:
    """The workbook is written; cells that would be formulas are text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "排期表 Timetable"
    sheet.append(HEADER)
    for row in sorted(_rows(plan, projects, venues)):
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for nth, width in enumerate((18, 26, 8, 12, 8, 8, 10, 24, 12, 8, 8, 10, 48), start=1):
        sheet.column_dimensions[get_column_letter(nth)].width = width
    for cells in sheet.iter_rows(min_row=2, max_col=9):
        for cell in cells:
            cell.data_type, cell.number_format = "s", "@"
    left_out = book.create_sheet("未排 Unscheduled")
    left_out.append(("项目编号 Project", "代码 Code", "原因 Reason"))
    for entry in plan.unscheduled:
        left_out.append((as_text(entry.project_id), entry.code, as_text(entry.reason)))
    notes = book.create_sheet("填写说明 Notes")
    for note in NOTES:
        notes.append((note,))
    book.save(path)


def _rows(
    plan: Plan, projects: Mapping[str, Project], venues: Mapping[str, Venue]
) -> Iterable[tuple[str | int, ...]]:
    for booking in plan.bookings:
        for nth, session in enumerate(booking.sessions, start=1):
            start, end = session.start.astimezone(ZONE), session.end.astimezone(ZONE)
            for part in booking.parts:
                yield (
                    as_text(booking.project_id),
                    as_text(projects[booking.project_id].name),
                    f"{nth}/{len(booking.sessions)}",
                    f"{start:%Y-%m-%d}",
                    f"{start:%H:%M}",
                    f"{end:%H:%M}",
                    "主场 home" if part.side is Side.HOME else "客场 guest",
                    as_text(venues[part.venue_id].name),
                    as_text(part.room_id),
                    part.seats,
                    part.experts,
                    "是 yes" if booking.split else "",
                    as_text(booking.reason),
                )


def as_text(value: str) -> str:
    """The value with a quote before what a spreadsheet would take for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
