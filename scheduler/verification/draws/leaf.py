"""The verifier of a leaf proof: that the frozen pool of a draw held one expert's row, without seeing another."""

from typing import Any

from scheduler.verification.draws.parts import check, jcs, leaf_of, root_of_path, unhex, whole
from scheduler.verification.draws.steps import Step, run


def verify_leaf(public: Any, proof: Any) -> Step:
    """Whether the proof's row is in the pool that the certificate froze. Never raises."""
    return run([("leaf", lambda: _in_pool(public, proof))])[0]


def _in_pool(public: Any, proof: Any) -> None:
    check(proof["format"] == "yidi/leaf-proof/1", "the format is not yidi/leaf-proof/1")
    said = public["commitment"]
    check(proof["draw_id"] == said["draw_id"], "the proof is of another draw")
    jcs(proof)
    path = [unhex(node) for node in proof["path"]]
    leaf = leaf_of(proof["row"], proof["salt"])
    head = root_of_path(leaf, whole(proof["index"]), whole(said["pool"]["size"]), path)
    check(head == said["pool"]["root"], "the row was not in the frozen pool")
