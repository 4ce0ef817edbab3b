"""Folders of certificates with their sealed parts, read as past draws: verified one by one, and project by project."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.beacon import beacon_check
from api.files.documents import read_json
from api.signing import check_signature
from scheduler.errors import BadInput
from scheduler.fairness import PastDraw, past_draw
from scheduler.verification.draws import verify_chain, verify_draw

Part = Mapping[str, Any]
BATCH = "yidi/batch/1"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a file, or a project's chain of draws, cannot be relied on."""

    where: str
    rule: str


@dataclass(frozen=True, slots=True)
class Folder:
    """The draws whose certificates hold, and every flaw found on the way."""

    draws: tuple[PastDraw, ...]
    flaws: tuple[Flaw, ...]


def read_folder(folder: Path, sealed: Path | None, advance: Callable[[int, int], None]) -> Folder:
    """All draws in and below the folder: `draws/` with `sealed/` beside it, or with `sealed` one of certificates.

    The centre is the venue of the first slot of a project's first draw, which is its home. Raises `BadInput` when
    there is no certificate, or a certificate has no sealed part.
    """
    pairs = list(_pairs(folder, sealed))
    if not pairs:
        raise BadInput(
            "folder", str(folder), "a folder with draws/ and sealed/, or of certificates with --sealed"
        )
    flaws, good = [], []
    for nth, (public_file, sealed_file) in enumerate(pairs, start=1):
        public, opened = read_json(public_file.read_bytes()), read_json(sealed_file.read_bytes())
        steps = verify_draw(public, opened, check_signature, beacon_check())
        failed = next((step for step in steps if not step.holds), None)
        if failed is None:
            good.append((public, opened))
        else:
            flaws.append(Flaw(str(public_file), f"{failed.name}: {failed.detail}"))
        advance(nth, len(pairs))
    by_project: defaultdict[str, list[tuple[Part, Part]]] = defaultdict(list)
    for public, opened in good:
        by_project[public["commitment"]["project_id"]].append((public, opened))
    for project_id, chain in sorted(by_project.items()):
        times = Counter(_number(public) for public, _ in chain)
        twice = [f"draw {number} was held {count} times" for number, count in times.items() if count > 1]
        step = verify_chain(chain)
        if twice or not step.holds:
            flaws.append(Flaw(f"project {project_id}", ", ".join(twice) or step.detail))
    return Folder(tuple(_draws(good)), tuple(flaws))


def _number(public: Part) -> int:
    return int(public["commitment"]["number"])


def _draws(good: Iterable[tuple[Part, Part]]) -> Iterator[PastDraw]:
    ordered = sorted(good, key=lambda parts: _number(parts[0]))
    homes: dict[str, str] = {}
    for public, opened in ordered:
        commitment = public["commitment"]
        home = homes.setdefault(commitment["project_id"], commitment["slots"][0]["venue_id"])
        yield past_draw(public, opened, home)


def _pairs(folder: Path, sealed: Path | None) -> Iterator[tuple[Path, Path]]:
    """Each certificate with its sealed part."""
    if sealed is not None:
        files = [(file, sealed / file.name) for file in sorted(folder.glob("*.json"))]
    else:
        own = [one for one in (folder, *folder.rglob("*")) if one.name == "draws" and one.is_dir()]
        files = [(file, one.parent / "sealed" / file.name) for one in own for file in one.glob("*.json")]
    for public_file, sealed_file in sorted(files):
        if not sealed_file.is_file():
            if _is_batch(public_file):
                continue
            raise BadInput(
                "sealed", str(sealed_file), "each certificate has its sealed part, of the same name"
            )
        yield public_file, sealed_file


def _is_batch(file: Path) -> bool:
    """Whether the file is the record of draws made together, which has no sealed part."""
    found = read_json(file.read_bytes())
    return isinstance(found, dict) and found.get("format") == BATCH
