"""The README keeps its promises: two commands first, and a library example that runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_first_two_blocks_are_one_command_line_each_in_both_languages():
    chinese = re.findall(
        r"^```(\w*)\n(.*?)^```", (ROOT / "README.zh.md").read_text(encoding="utf-8"), re.M | re.S
    )
    assert [text for _, text in BLOCKS[:2]] == [text for _, text in chinese[:2]]
    for _, text in BLOCKS[:2]:
        assert text.count("\n") == 1


def test_the_library_example_prints_what_it_says():
    code = next(text for language, text in BLOCKS if language == "python")
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "2/3 2/3 2/3"


@pytest.mark.parametrize(
    "page", ["README.md", "README.zh.md", "CONTRIBUTING.md", *map(str, ROOT.glob("docs/*.md"))]
)
def test_every_link_to_a_file_leads_somewhere(page):
    path = ROOT / page
    for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
