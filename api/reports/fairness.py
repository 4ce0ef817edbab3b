"""How much of a look back a reader gets: all of it, one list or employer of it, or what names nobody."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from api.refusals import TooFewInGroup
from api.schemas.fairness import FairnessView, GroupView
from scheduler.fairness import GroupKind, PastDraw


def narrowed(
    view: FairnessView, history: Iterable[PastDraw], specialty: str, employer: str, top: int
) -> FairnessView:
    """The report on one specialty (with those below it) or employer, each list cut after `top`.

    Corrections stay those of the whole report: choosing where to look makes no finding stronger.
    """
    ids = {
        expert_id
        for draw in history
        for stratum in draw.strata
        if any(code.startswith(specialty) for code in stratum.specialties)
        for expert_id, own in stratum.members
        if employer in ("", own)
    }
    asked = {GroupKind.SPECIALTY: specialty, GroupKind.EMPLOYER: employer}
    groups = [
        group
        for group in view.groups
        if (not specialty and not employer)
        or (asked.get(group.kind) and group.name.startswith(asked[group.kind]))
    ]
    return view.model_copy(
        update={
            "groups": groups,
            "experts": [one for one in view.experts if one.expert_id in ids][:top],
            "regulars": [one for one in view.regulars if one.expert_id in ids][:top],
            "pairs": [one for one in view.pairs if one.one in ids or one.other in ids][:top],
        }
    )


def without_ids(view: FairnessView, smallest: int) -> FairnessView:
    """The report without anyone's id, and without groups that tell of fewer than `smallest` experts.

    Where the groups left out could be worked out from the others, because they are one or have too few experts even
    together, the next smallest goes too. Raises `TooFewInGroup` when the whole has too few experts.
    """
    if view.everyone.experts < smallest:
        raise TooFewInGroup("report", "fairness", f"disclose.min_group: at least {smallest} experts")
    families: defaultdict[GroupKind, list[GroupView]] = defaultdict(list)
    for group in view.groups:
        families[group.kind].append(group)
    hidden = {(group.kind, group.name) for family in families.values() for group in _hidden(family, smallest)}
    return view.model_copy(
        update={
            "groups": [group for group in view.groups if (group.kind, group.name) not in hidden],
            "suppressed": len(hidden),
            "experts": [],
            "regulars": [],
            "pairs": [],
        }
    )


def _hidden(family: Sequence[GroupView], smallest: int) -> list[GroupView]:
    """The groups of one kind that are not shown."""
    ranked = sorted(family, key=lambda group: (group.experts, group.name))
    count = sum(group.experts < smallest for group in ranked)
    while 0 < count < len(ranked) and (
        count == 1 or sum(group.experts for group in ranked[:count]) < smallest
    ):
        count += 1
    return ranked[:count]
