"""The worked example of docs/certificate.md is a sound certificate, and its steps are those of the verifier."""

import json
import re
from pathlib import Path

from api.signing import check_signature
from scheduler.verification.draws import verify_draw
from scheduler.verification.draws.parts import Numbers, pool_leaf

TEXT = (Path(__file__).parents[2] / "docs" / "certificate.md").read_text(encoding="utf-8")
EXAMPLE = json.loads(re.search(r"```json\n(.*?)\n```", TEXT, re.DOTALL)[1])


def test_the_documents_example_passes_every_step():
    steps = verify_draw(EXAMPLE["public"], EXAMPLE["sealed"], check_signature)
    assert len(steps) == 12
    assert all(step.holds for step in steps)


def test_the_documents_leaves_and_stream_are_those_of_the_example():
    salt = bytes.fromhex(EXAMPLE["sealed"]["salt"])
    for row in EXAMPLE["sealed"]["pool"]:
        assert f"{row[0]} `{pool_leaf(row, salt).hex()}`" in TEXT
    numbers = Numbers(bytes.fromhex(EXAMPLE["sealed"]["seed"]))
    assert [numbers.below(2), numbers.below(3)] == [1, 2]
