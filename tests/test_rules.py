from datetime import date, time
from fractions import Fraction

import pytest

from scheduler.errors import BadRules
from scheduler.projects import ProcurementKind
from scheduler.rules import RuleBook, default_rule_book

BOOK = default_rule_book()
ON = date(2026, 11, 24)


def test_the_default_book_gives_the_laws_values():
    rules = BOOK.at(ON, "532301", ProcurementKind.CONSTRUCTION)
    assert rules.panel_min_size == 5
    assert rules.panel_expert_min_fraction == Fraction(2, 3)
    assert rules.split_cutoff_local_time == time(22)


@pytest.mark.parametrize(
    ("kind", "size"), [("water", 7), ("gp_large", 7), ("gp_negotiation", 3), ("construction", 5)]
)
def test_the_panel_size_follows_the_kind_of_procurement(kind, size):
    assert BOOK.at(ON, "532301", ProcurementKind(kind)).panel_min_size == size


def test_the_narrowest_region_and_the_later_revision_win():
    text = BOOK.text + (
        '[[bidders.min]]\nvalue = 4\nstrength = "P"\nsource = "x"\neffective_from = 2026-01-01\nregion = "5323"\n'
        '[[bidders.min]]\nvalue = 6\nstrength = "P"\nsource = "x"\neffective_from = 2027-01-01\nregion = "5323"\n'
    )
    book = RuleBook.parse(text)
    assert book.at(ON, "530102", ProcurementKind.CONSTRUCTION).bidders_min == 3
    assert book.at(ON, "532301", ProcurementKind.CONSTRUCTION).bidders_min == 4
    assert book.at(date(2027, 2, 1), "532301", ProcurementKind.CONSTRUCTION).bidders_min == 6


@pytest.mark.parametrize(
    ("written", "instead", "name"),
    [
        ("[[split.resume_time]]", "[[split.resume_tme]]", "split.resume_tme"),
        ("value = 09:00:00", 'value = "9am"', "split.resume_time"),
        ('value = "2/3"', "value = 0.6666", "panel.expert_min_fraction"),
        ('value = "60 min"', 'value = "60"', "eval.break_length"),
        ('kind = "water"', 'kind = "watr"', "panel.min_size"),
        ('value = "random"', 'value = "nearset"', "remote.guest_choice"),
        ('value = "other_county"', 'value = "other_prefectures"', "remote.guest_scope"),
        ('"site_survey"', '"site_surveys"', "remote.exempt"),
        ('value = "month"', 'value = "quarter"', "support.period"),
    ],
)
def test_a_typo_stops_the_start_with_file_line_and_name(written, instead, name):
    text = BOOK.text.replace(written, instead, 1)
    with pytest.raises(BadRules) as refusal:
        RuleBook.parse(text, "county.toml")
    assert refusal.value.file == "county.toml"
    assert refusal.value.parameter == name
    header = text.splitlines()[refusal.value.line - 1]
    assert header == f"[[{name}]]"


def test_the_digest_changes_with_any_byte():
    assert RuleBook.parse(BOOK.text + "\n").digest != BOOK.digest
