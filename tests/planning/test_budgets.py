"""A budget says how long to search; left out, it suits the problem's size."""

from benchmarks.planning.instances import Shape, make
from scheduler.planning import Budget, solve


def test_few_projects_in_few_rooms_and_many_projects_are_both_searched_longer_than_a_province_s_day():
    prefecture, day, week = map(Budget.suited_to, (55, 400, 2_000))
    assert prefecture.iterations > day.iterations < week.iterations
    assert Budget.suited_to(0).iterations > 0


def test_a_budget_left_out_is_the_suited_one(monkeypatch):
    asked = []

    def suited(projects):
        asked.append(projects)
        return Budget(20)

    monkeypatch.setattr(Budget, "suited_to", suited)
    problem = make(Shape(6, 4, (1, 2), seed=14, many_sections=0))
    assert solve(problem) == solve(problem, Budget(20))
    assert asked == [6]
