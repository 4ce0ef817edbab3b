"""The board as a file, driven in a real browser: it draws, moves, speaks two languages and needs no network."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from api.board import render_board
from api.calendars import published_calendar
from api.files.openings import made_up
from api.reports.board import board_view
from scheduler.planning import Budget, Problem, solve
from scheduler.rules import default_rule_book
from scheduler.synthetic import make_world

ON = date(2026, 3, 5)
WORLD = make_world()
BOOK = default_rule_book()
PROBLEM = Problem(made_up(ON, WORLD.venues, BOOK).projects, WORLD.venues, published_calendar(), BOOK)
PLAN = solve(PROBLEM, Budget(20))
VIEW = board_view(PLAN, PROBLEM.projects, PROBLEM.venues, ON, datetime(2026, 3, 5, 4, tzinfo=UTC))


@pytest.fixture
def page(browser, tmp_path):
    """The board's page at 1366 × 768, with whatever went wrong collected in `page.flaws`."""
    path = tmp_path / "board.html"
    path.write_text(render_board(VIEW), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.flaws = []
    page.on("console", lambda message: page.flaws.append(message.text))
    page.on("pageerror", lambda flaw: page.flaws.append(str(flaw)))
    page.on("request", lambda request: request.url.startswith("file:") or page.flaws.append(request.url))
    page.goto(path.as_uri())
    yield page
    assert page.flaws == []
    page.close()


def test_every_part_of_the_days_sessions_has_a_bar_under_its_room(page):
    expected = [
        part
        for booking in PLAN.bookings
        for part in booking.parts
        for session in booking.sessions
        if session.start.astimezone(UTC).date() == ON
    ]
    assert page.locator(".track .bar").count() == len(expected) > 10
    booking = next(booking for booking in PLAN.bookings if not booking.split)
    bar = page.locator(f'[data-room="{booking.home.room_id}"] .bar', has_text=booking.project_id)
    assert "主场" in bar.get_attribute("aria-label")


def test_the_22_00_line_stands_where_22_00_is(page):
    line = page.locator("b.cutoff").bounding_box()["x"]
    hours = page.locator(".hours span", has_text="22").bounding_box()["x"]
    assert abs(line - hours) < 4


def test_the_language_and_the_large_type_change_and_stay_in_the_address(page):
    page.click("#language")
    assert page.locator("h1").inner_text() == "Dispatch board"
    page.keyboard.press("Alt+l")
    assert page.evaluate("document.documentElement.classList.contains('large')")
    assert "language=en" in page.url
    assert "large=1" in page.url


def test_arrows_move_and_enter_opens_the_details(page):
    page.keyboard.press("ArrowDown")
    first = page.evaluate("document.activeElement.dataset.key")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.key") != first
    page.keyboard.press("Enter")
    assert page.locator(".dialog dl").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".dialog").is_hidden()
    assert page.evaluate("document.activeElement.className").startswith("bar")


def test_search_narrows_the_board_and_its_table_twin_says_the_same(page):
    serial = PLAN.bookings[0].project_id
    page.keyboard.press("/")
    page.keyboard.type(serial)
    bars = page.locator(".track .bar").count()
    assert 1 <= bars <= 3
    page.click("#show")
    assert page.locator("main tbody tr").count() == bars


def test_a_phone_gets_a_list_and_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".board")).to_be_hidden()
    assert page.locator("main tbody tr").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_hostile_name_stays_text(browser, tmp_path):
    view = {
        **VIEW,
        "unscheduled": [
            {
                "serial": "</script><script>document.title='x'</script>",
                "reason": "<b>",
                "project_id": "1",
                "project": "<i>",
                "version": 0,
            }
        ],
    }
    path = tmp_path / "board.html"
    path.write_text(render_board(view), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.title() != "x"
    assert page.locator(".unscheduled b").first.inner_text().startswith("</script>")
    page.close()
