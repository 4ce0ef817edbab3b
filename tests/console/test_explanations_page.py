"""Explanations in the console, in a real browser against the real service: of a draft, in both languages."""

import os

import pytest
from playwright.sync_api import expect

from api.schemas.projects import ProjectIn
from api.services import plans, projects
from scheduler.planning import Budget, solve
from tests.console.test_planning_page import ON, page_of, prefecture, town  # noqa: F401 - the same console
from tests.service.test_explanations_over_http import CROWD


@pytest.fixture
def office(town):  # noqa: F811
    """The office with a draft of nine projects that open at one home at once, one of them of 21 members."""
    office, _ = town
    now = office.clock.now()
    large = {**CROWD[0], "specialties": [{"codes": ["A08"], "seats": 20}]}
    with office.changing() as session:
        made = [ProjectIn.model_validate(project).value("532301") for project in [large, *CROWD[1:]]]
        projects.submit(session, made, office.book, "test", now)
        order = plans.order(session, office, ON, seed=1, seconds=1, actor="test", now=now)
        problem = plans.freeze(session, office, order)
        plans.save(session, order.plan_id, problem, solve(problem, Budget(20)))
    return office


def test_a_draft_is_explained_with_what_helps_and_the_rules_in_the_way(page_of):  # noqa: F811
    page = page_of("operator-C01")
    page.click("#plans")
    page.locator(".plans .solved").get_by_text("查看草案").click()
    expect(page.locator(".draft")).to_contain_text("已排 8 项")
    bars = page.locator(".track .bar.home")
    starts = bars.evaluate_all("bars => bars.map(bar => bar.session.start)")
    bars.nth(starts.index(max(starts))).click()
    page.locator(".why button").click()
    why = page.locator(".why")
    expect(why.locator("h3").first).to_have_text("为什么")
    expect(why).to_contain_text("届时主场适用的评标室由")
    expect(why).to_contain_text("客场为")
    expect(why).not_to_contain_text("CROWD")
    why.get_by_text("哪些规则相互制约").click()
    expect(why).to_contain_text("一室同时只安排一个场次，本排期其他项目不作调整")
    if folder := os.environ.get("YIDI_TEST_PICTURES"):
        page.screenshot(path=f"{folder}/explained-zh.png")
    page.keyboard.press("Escape")
    page.click("#language")
    page.locator(".unscheduled").get_by_text("Why, and what helps").click()
    expect(why).to_contain_text("no room at")
    expect(why).to_contain_text("with one more room of 21 seats at home it could start")
    why.get_by_text("Which rules are in the way").click()
    expect(why.locator(".proven")).to_contain_text("this one rule leaves no place")
    expect(why).to_contain_text("a room has the seats of the part that sits in it")
    if folder := os.environ.get("YIDI_TEST_PICTURES"):
        page.screenshot(path=f"{folder}/explained-en.png")


def test_whoever_may_not_ask_gets_no_button(page_of):  # noqa: F811
    page = page_of("host-V01")
    expect(page.locator(".unscheduled").first).to_be_hidden()
    expect(page.get_by_text("原因与办法")).to_have_count(0)
