"""The verifier of draws made together: their order, and that nobody was kept from a draw without need."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from scheduler.verification.draws.parts import check, digest, jcs, moment, seed_of, whole
from scheduler.verification.draws.steps import Check, Step, run

Certificates = Mapping[str, tuple[Any, Any]]
"""Public and sealed part by project; the sealed part is None while it is sealed."""


def verify_batch(record: Any, certificates: Certificates) -> tuple[Step, ...]:
    """The steps up to the first that fails, for certificates that hold by themselves. Never raises."""
    return run(_Case(record, certificates).steps())


class _Case:
    def __init__(self, record: Any, certificates: Certificates) -> None:
        self.record, self.certificates = record, certificates

    def steps(self) -> Sequence[tuple[str, Check]]:
        return [
            ("batch", self.batch),
            ("order", self.order),
            ("places", self.places),
            ("scarcity", self.scarcity),
        ]

    def batch(self) -> None:
        """The record is of the right form, and the commitment is the one its digest names."""
        said = self.record["commitment"]
        check(self.record["format"] == "yidi/batch/1", "the format is not yidi/batch/1")
        check(said["format"] == "yidi/batch-commitment/1", "the format is not yidi/batch-commitment/1")
        check(self.record["commitment_digest"] == digest(jcs(said)), "the batch's commitment was changed")
        moment(said["committed_at"])
        projects = [project.encode() for project in said["projects"]]
        check(
            bool(projects) and projects == sorted(set(projects)),
            "the projects are not in order, or one comes twice",
        )

    def order(self) -> None:
        """The order of the draws follows from the committed secrets."""
        said = self.record["commitment"]
        seed, _ = seed_of(
            said["batch_id"], said["parties"], self.record["reveals"], self.record["commitment_digest"]
        )
        seed = hashlib.sha256(seed).digest()
        expected = sorted(
            said["projects"],
            key=lambda one: hashlib.sha256(b"yidi/batch/1\x00" + seed + one.encode()).digest(),
        )
        check(self.record["order"] == expected, "the order of the draws is not the one the seed gives")

    def places(self) -> str | None:
        """Each certificate stands at its place of this batch."""
        order = self.record["order"]
        for project, (public, _) in self.certificates.items():
            said = public["commitment"]
            joint = said["joint"]
            check(said["project_id"] == project and project in order, f"{project} is not of this batch")
            check(joint["batch"] == self.record["commitment_digest"], f"{project} was drawn in another batch")
            right = whole(joint["place"]) == order.index(project) + 1 and whole(joint["draws"]) == len(order)
            check(right, f"{project} was not drawn at its place")
        missing = [project for project in order if project not in self.certificates]
        return f"no certificate of {', '.join(missing)}" if missing else None

    def scarcity(self) -> str | None:
        """Whenever someone was left to another draw, all who could fill its seats were counted."""
        order, unseen = self.record["order"], False
        for project, (_, sealed) in self.certificates.items():
            if sealed is None:
                unseen = True
                continue
            entries = [*sealed["stranded"], *([] if sealed["reserved"] is None else [sealed["reserved"]])]
            for entry in entries:
                self._counted(entry, order.index(project))
        return "not checked for draws still sealed" if unseen else None

    def _counted(self, entry: Mapping[str, Any], place: int) -> None:
        able = {(expert, project) for expert, _, *projects in entry["candidates"] for project in projects}
        needed, caps = 0, dict[str, int]()
        for project, slot_id in entry["seats"]:
            check(self.record["order"].index(project) > place, f"{project} was already drawn")
            if project not in self.certificates:
                return  # a draw that failed has no certificate to count by
            public, sealed = self.certificates[project]
            said = public["commitment"]
            number = next(nth for nth, slot in enumerate(said["slots"]) if slot["slot_id"] == slot_id)
            needed += whole(said["slots"][number]["seats"])
            caps[project] = whole(said["caps"]["employer"])
            if sealed is not None:
                reach = {
                    str(nth)
                    for nth, cell in enumerate(said["lottery"]["cells"])
                    if str(number) in cell["slots"]
                }
                eligible = {(row[0], project) for row in sealed["pool"] if row[4] in reach}
                check(eligible <= able, f"not everyone who could sit for {project} was counted")
        check(needed == whole(entry["needed"]), "the seats in need are not as many as stated")
        stated = {project: whole(cap) for project, cap in entry["caps"]}
        check(caps == stated, "the employers' caps are not as stated")
