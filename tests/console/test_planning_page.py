"""Plans in the console, in a real browser against the real service: ordered, watched, looked at, published."""

from datetime import date

import pytest
from playwright.sync_api import expect

from api.app import create_app
from api.files.openings import made_up
from api.planning.solver import Solver
from api.services import projects
from api.settings import Settings
from api.store import projects as stored
from api.store import venues
from api.worker import Worker
from tests.service.conftest import prefecture, town  # noqa: F401 - the same office
from tests.serving import serving

ON = date(2026, 11, 26)


@pytest.fixture(scope="module")
def solver():
    """A child process that solves, started once."""
    solver = Solver()
    yield solver
    solver.close()


@pytest.fixture
def office(town):  # noqa: F811
    """The office with twelve projects to plan."""
    office, _ = town
    with office.changing() as session:
        made = made_up(ON, venues.load_all(session), office.book, 12)
        projects.submit(session, made.projects, office.book, "test", office.clock.now())
    return office


@pytest.fixture
def page_of(browser, town, office):  # noqa: F811
    """`page_of(account)` is the console as that account sees it; nothing may go wrong in it unseen."""
    flaws, pages = [], []
    with serving(create_app(Settings(), office)) as port:

        def page_of(account):
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.on("pageerror", lambda flaw: flaws.append(str(flaw)))
            page.goto(f"http://127.0.0.1:{port}/?opening={ON}")
            page.fill("#token", town[1][account])
            page.keyboard.press("Enter")
            expect(page.locator("#sign-out")).to_be_visible(timeout=15_000)
            pages.append(page)
            return page

        yield page_of
        for page in pages:
            page.close()
    assert flaws == []


def bars(page):
    return page.locator(".track .bar")


def test_an_operator_orders_looks_at_and_publishes_a_plan(page_of, office, solver):
    page = page_of("operator-C01")
    expect(bars(page)).to_have_count(0)
    page.click("#plans")
    expect(page.locator(".planning .none")).to_contain_text("还没有排期")
    page.fill("#plan-seconds", "2")
    page.click(".order button")
    expect(page.locator(".plans .queued")).to_have_count(1)
    assert Worker(office).work(solver)
    page.keyboard.press("Escape")
    page.click("#plans")
    plan = page.locator(".plans .solved")
    expect(plan.locator(".proof")).to_contain_text("成本")
    plan.get_by_text("查看草案").click()
    expect(page.locator(".draft")).to_contain_text("尚未生效")
    expect(page.locator(".draft")).to_contain_text("已排 12 项")
    proposed = bars(page).count()
    assert proposed >= 12
    assert sum(map(int, page.locator(".support tbody td:last-child").all_inner_texts())) > 0
    page.click("#language")
    expect(page.locator(".draft")).to_contain_text("nothing of it holds yet")
    page.reload()
    expect(page.locator(".draft")).to_contain_text("Draft P20261126-1")
    page.click("#draft-back")
    expect(bars(page)).to_have_count(0)
    page.click("#plans")
    page.locator(".plans .solved").get_by_text("Show").click()
    page.locator(".draft .first").click()
    expect(page.locator(".draft")).to_be_hidden(timeout=15_000)
    expect(bars(page)).to_have_count(proposed)


def test_a_refusal_is_said_in_the_services_words_and_a_withdrawn_plan_is_gone(page_of, office, solver):
    page = page_of("operator-C01")
    page.click("#plans")
    page.click(".order button")
    expect(page.locator(".plans .queued")).to_have_count(1)
    page.locator(".plans .queued").get_by_text("撤回").click()
    expect(page.locator(".plans .stopped")).to_have_count(1)
    page.fill("#plan-seconds", "1")
    page.click(".order button")
    expect(page.locator(".plans .queued")).to_have_count(1)
    assert Worker(office).work(solver)
    with office.changing() as session:
        late = made_up(ON, venues.load_all(session), office.book, 13).projects[-1:]
        projects.submit(session, late, office.book, "test", office.clock.now())
    page.keyboard.press("Escape")
    page.click("#plans")
    page.locator(".plans .solved").get_by_text("发布").click()
    expect(page.locator(".dialog .error")).to_contain_text("have changed since it was made")
    expect(page.locator(".plans .solved")).to_have_count(1)


def test_a_late_project_is_offered_places_and_takes_one(page_of, office, solver):
    page = page_of("operator-C01")
    expect(page.locator(".waiting h2")).to_have_text("待排（2）")  # those of its own centre
    page.click("#plans")
    page.fill("#plan-seconds", "1")
    page.click(".order button")
    expect(page.locator(".plans .queued")).to_have_count(1)
    assert Worker(office).work(solver)
    page.keyboard.press("Escape")
    page.click("#plans")
    page.locator(".plans .solved").get_by_text("发布").click()
    expect(page.locator(".waiting")).to_be_hidden(timeout=15_000)
    with office.changing() as session:
        more = made_up(ON, venues.load_all(session), office.book, 40).projects[12:]
        late = [next(project for project in more if project.home == "V01")]
        projects.submit(session, late, office.book, "test", office.clock.now())
    page.reload()
    page.locator(".waiting").get_by_text("找位置").click()
    expect(page.locator(".offers li").first).to_contain_text("2026-11-2", timeout=15_000)
    assert 1 <= page.locator(".offers li").count() <= 3
    page.locator(".offers li").first.get_by_text("选用").click()
    expect(page.locator(".waiting")).to_be_hidden(timeout=15_000)
    expect(page.locator(".feed")).to_contain_text("预订")
    with office.reading() as session:
        assert stored.row(session, late[0].project_id).state in ("booked", "guest_pending")


def test_a_supervisor_reads_plans_and_a_host_has_none(page_of, office, solver):
    operator = page_of("operator-C01")
    operator.click("#plans")
    operator.click(".order button")
    expect(operator.locator(".plans .queued")).to_have_count(1)
    supervisor = page_of("supervisor-5323")
    supervisor.click("#plans")
    expect(supervisor.locator(".plans .queued")).to_have_count(1)
    assert supervisor.locator(".order").count() == 0
    assert supervisor.locator(".plans button").count() == 0
    host = page_of("host-V01")
    expect(host.locator("#plans")).to_be_hidden()
