"""Made-up worlds are the same for the same seed, have the sizes to plan for, and are hard where life is hard."""

import hashlib
from collections import Counter
from datetime import date

import pytest

from scheduler.errors import BadInput
from scheduler.synthetic import SIZES, is_uscc, make_openings, make_world

WORLD = make_world()


def fingerprint(value) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def plain(world):
    """A world without sets, whose order is not the same in every process."""
    experts = [
        (
            e.expert_id,
            e.employer,
            e.region,
            sorted(e.specialties),
            e.status.value,
            sorted(e.ties),
            sorted(e.conflicts),
        )
        for e in world.pool
    ]
    return world.centres, world.venues, experts, world.organisations, world.people


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    assert make_world(seed=3) == make_world(seed=3)
    assert make_world(seed=3).pool != WORLD.pool


def test_the_default_world_never_changes_between_machines_and_versions():
    assert fingerprint(plain(WORLD)) == "39175e1bc9ac8fbe9c4d759ce65d44ebc3df81a526bab7a23bde698ebc9e375e"
    assert (
        fingerprint(make_openings(date(2026, 11, 24)))
        == "b4f567ff6c2b28dd5832ac58906e2569e679637d354d2a6f1e20a24b63565fe7"
    )


@pytest.mark.parametrize("size", ["chuxiong", "province"])
def test_a_world_has_the_size_asked_for(size):
    world = make_world(size)
    assert len(world.centres) == len(world.venues) == SIZES[size].centres
    assert len(world.pool) == len(world.people) == SIZES[size].experts
    assert SIZES[size].seats - 3 < sum(venue.seats for venue in world.venues) <= SIZES[size].seats
    assert len({centre.region for centre in world.centres}) == len(world.centres)


def test_an_unknown_size_is_refused():
    with pytest.raises(BadInput, match="size"):
        make_world("planet")


def test_chuxiong_keeps_its_codes_and_names():
    assert WORLD.centres[0].region == "532300"
    assert {venue.region: venue.name for venue in WORLD.venues}["532301"] == "楚雄市评标场所"


def test_every_organisation_has_a_valid_code_and_every_employer_a_name():
    names = {organisation.uscc: organisation.name for organisation in WORLD.organisations}
    assert all(map(is_uscc, names))
    assert not is_uscc("915323010000000000")
    assert {expert.employer for expert in WORLD.pool} <= names.keys()
    assert {tie.organisation for expert in WORLD.pool for tie in expert.ties} <= names.keys()


def test_every_county_can_serve_the_branches_and_some_specialties_are_thin():
    branches = Counter((e.region, code[:3]) for e in WORLD.pool for code in e.specialties)
    assert all(branches[v.region, b] >= 10 for v in WORLD.venues for b in ("A05", "A07", "A08", "B01", "C01"))
    assert min(Counter(code for expert in WORLD.pool for code in expert.specialties).values()) < 20
    assert {len(expert.specialties) for expert in WORLD.pool} == {1, 2, 3, 4}


def test_employers_are_shared_and_some_experts_have_ties_and_conflicts():
    assert max(Counter(expert.employer for expert in WORLD.pool).values()) >= 15
    known = {expert.expert_id for expert in WORLD.pool}
    conflicts = [other for expert in WORLD.pool for other in expert.conflicts]
    assert conflicts
    assert known.issuperset(conflicts)
    assert any(expert.ties for expert in WORLD.pool)
