"""Commands that check certificates independently, and give an expert a proof of the own place in the pool."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from api.beacon import beacon_check
from api.cli.terminal import out, say_error
from api.files import documents
from api.files.writing import write_secret
from api.signing import check_signature
from scheduler.draw import leaf_proof
from scheduler.errors import BadInput
from scheduler.verification.draws import Step, verify_batch, verify_chain, verify_draw, verify_leaf

BATCH = "yidi/batch/1"


def verify(
    certificate: Annotated[Path, typer.Argument(help="A public certificate, or a folder of them.")],
    sealed: Annotated[
        Path | None, typer.Option(help="The sealed part, or the folder of them, once opened.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="The centre's public key in hex: who else signed, fails.")
    ] = None,
    proof: Annotated[Path | None, typer.Option(help="An expert's proof of having been in this pool.")] = None,
) -> None:
    """Verify certificates independently; names the first broken step of each.

    In a folder also the draws of a project are held against each other (chain), and draws made together against
    the record of their batch.

    Example: yidi verify out/draws --sealed out/sealed
    """
    files = sorted(certificate.glob("*.json")) if certificate.is_dir() else [certificate]
    parts = {file: (_read(file), _sealed(sealed, file)) for file in files}
    batches = {file: public for file, (public, _) in parts.items() if _format(public) == BATCH}
    draws = {file: pair for file, pair in parts.items() if file not in batches}
    if not draws:
        raise BadInput("certificate", str(certificate), "a certificate file, or a folder with some")
    broken = 0
    for file, (public, opened) in draws.items():
        steps = [*verify_draw(public, opened, check_signature, beacon_check()), *_extra(public, key, proof)]
        broken += _tell(file, steps, alone=len(draws) == 1)
    if not broken and len(draws) > 1:
        broken += _together(draws, batches)
    if sealed is None:
        out.print("Checked without the sealed part: commitments, signature and lottery, not who was drawn.")
    if broken:
        say_error(f"{broken} of {len(files)} files fail")
        raise typer.Exit(1)
    out.print(f"[green]{len(draws)} of {len(draws)} certificates hold[/]")


def prove(
    sealed: Annotated[Path, typer.Argument(help="The sealed part of a draw.")],
    expert: Annotated[str, typer.Option(help="The expert's id.")],
    out_file: Annotated[Path, typer.Option("--out", help="The proof, for this expert only.")] = Path(
        "proof.json"
    ),
) -> None:
    """Write an expert's proof of having been in a draw's frozen pool, and with what chance; it shows nobody else.

    Example: yidi prove sealed.json --expert E0017, then: yidi verify certificate.json --proof proof.json
    """
    made = leaf_proof(_read(sealed), expert)
    write_secret(out_file, json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    out.print(f"Row {made['index']} of the pool, in {out_file}")


def _extra(public: Any, key: str | None, proof: Path | None) -> list[Step]:
    steps = []
    if key is not None:
        holds = (
            isinstance(public, dict)
            and public.get("key") == f"ed25519:{key.removeprefix('ed25519:').lower()}"
        )
        steps.append(Step("key", holds, "" if holds else "another key signed"))
    if proof is not None:
        steps.append(verify_leaf(public, _read(proof)))
    return steps


def _tell(file: Path, steps: list[Step], *, alone: bool) -> int:
    failed = next((step for step in steps if not step.holds), None)
    if failed is not None:
        say_error(f"{file}: {failed.name}: {failed.detail}")
        return 1
    for step in steps if alone else ():
        out.print(f"[green]✔[/] {escape(step.name)}{escape(f' ({step.detail})' if step.detail else '')}")
    return 0


def _together(draws: dict[Path, tuple[Any, Any]], batches: dict[Path, Any]) -> int:
    """Chains and batches of certificates that hold by themselves; how many fail."""
    broken = 0
    by_project: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    by_batch: dict[str, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for public, sealed in draws.values():
        said = public["commitment"]
        by_project[said["project_id"]].append((public, sealed))
        if said["joint"] is not None:
            by_batch[said["joint"]["batch"]][said["project_id"]] = (public, sealed)
    for project_id, pairs in sorted(by_project.items()):
        broken += _tell(Path(project_id), [verify_chain(pairs)], alone=False)
    for file, record in batches.items():
        certificates = by_batch.pop(str(record.get("commitment_digest")), {})
        broken += _tell(file, list(verify_batch(record, certificates)), alone=False)
    for digest in by_batch:
        out.print(f"The record of batch {digest} is not here: the order of its draws was not checked.")
    return broken


def _sealed(sealed: Path | None, file: Path) -> Any:
    if sealed is None:
        return None
    path = sealed / file.name if sealed.is_dir() else sealed
    return _read(path) if path.exists() or not sealed.is_dir() else None


def _read(path: Path) -> Any:
    return documents.read_json(path.read_bytes())


def _format(public: Any) -> Any:
    return public.get("format") if isinstance(public, dict) else None
