"""What the commands say about a draw: who is left after which rule, what lacks, what would help, how equal it is."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from api.cli.terminal import out
from scheduler.draw.explain import Chances, Explanation, Funnel, wording

SLOTS_A_TABLE = 6


def tell_explanation(found: Explanation) -> None:
    """The funnels, the cut in words, and the smallest relaxations, ranked."""
    for first in range(0, len(found.funnels), SLOTS_A_TABLE):
        out.print(_funnel_table(found.funnels[first : first + SLOTS_A_TABLE]))
    short = wording.shortage(found)
    if short is None:
        out.print(f"[green]可以抽取 a panel can be drawn[/] from {found.eligible} eligible")
        tell_thin(found.thin)
        return
    _say("[bold red]无法抽取 no panel[/]", short)
    offers = Table(title="最小放宽 smallest relaxations, none applied", title_justify="left")
    for name in ("#", "步数 steps", "新增 more eligible", "放宽 what would make it possible"):
        offers.add_column(name, overflow="fold")
    for nth, offer in enumerate(found.relaxations, start=1):
        said = wording.relaxation(offer)
        words = f"{said.sentence()}\n{said.sentence('zh')}"
        offers.add_row(str(nth), str(offer.size), str(offer.admitted), escape(words))
    if found.relaxations:
        out.print(offers)
    for said in wording.remarks(found):
        _say("[yellow]注意 note[/]", said)


def tell_thin(thin: Sequence[Funnel]) -> None:
    """A warning for every slot with too little choice."""
    for funnel in thin:
        _say("[yellow]人选偏少 thin pool[/]", wording.thin_pool(funnel))


def tell_chances(found: Chances) -> None:
    """One line: least and greatest chance, Gini, and how many panels there may be."""
    out.print(escape(wording.chances(found).sentence()), highlight=False)


def _say(title: str, said: wording.Said) -> None:
    out.print(f"{title} {escape(said.sentence())} [dim]{escape(said.sentence('zh'))}[/]", highlight=False)


def _funnel_table(funnels: Sequence[Funnel]) -> Table:
    """A column for each slot; a row for each ground that excludes somebody, with how many it leaves."""
    table = Table(title="筛选 eligible after each rule", title_justify="left")
    table.add_column("")
    for funnel in funnels:
        slot = funnel.slot
        codes = ", ".join(sorted(slot.requirement.codes))
        table.add_column(escape(f"{slot.slot_id}\n{slot.venue_id} {slot.region}\n{codes}"), justify="right")
    table.add_row("席位 seats", *(_seats(funnel) for funnel in funnels))
    table.add_row("专家库 pool", *(str(funnel.pool) for funnel in funnels))
    for stages in zip(*(funnel.stages for funnel in funnels), strict=True):
        reason = stages[0].reason
        if any(stage.excluded for stage in stages):
            words = f"{wording.REASONS['zh'][reason]} {wording.REASONS['en'][reason]}"
            left = (f"{s.left} [dim](-{s.excluded})[/]" if s.excluded else str(s.left) for s in stages)
            table.add_row(escape(words), *left)
    table.add_section()
    counts = (f"{'[yellow]' if f.is_thin else '[green]'}{f.eligible}[/]" for f in funnels)
    table.add_row("合格 eligible", *counts)
    return table


def _seats(funnel: Funnel) -> str:
    slot = funnel.slot
    return str(slot.seats) if slot.upmost == slot.seats else f"{slot.seats} to {slot.upmost}"
