"""The console as served, driven in a real browser against a scripted service."""

import copy
from pathlib import Path

import pytest
from playwright.sync_api import expect

from api.kinds import KINDS
from tests.console.stub import TOKEN, TOPIC, Stub
from tests.serving import serving

AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
SILENT = {"clock.ticked", "account.changed", "plan.progressed", "webhook.changed"}
ROOMS = [{"room_id": f"R{n}", "seats": 5} for n in (1, 2)]


def made_view(venues=3):
    """A day of two evaluations on a few venues."""
    places = [
        {
            "venue_id": f"V{n:03}",
            "name": f"第{n}评标场所",
            "region": "532301",
            "seats": 10,
            "support_count": n % 4,
            "rooms": [{"room_id": f"V{n:03}-{room['room_id']}", "seats": room["seats"]} for room in ROOMS],
        }
        for n in range(1, venues + 1)
    ]

    def part(serial, venue, room, side, **more):
        times = {"start": "2026-11-24T02:00:00Z", "end": "2026-11-24T06:30:00Z"}
        facts = {"booking_id": f"B-{serial}", "serial": serial, "project": None, "venue_id": venue}
        rest = {
            "room_id": f"{venue}-{room}",
            "side": side,
            "split": False,
            "state": "booked",
            "progress": 0.0,
        }
        return {**facts, **rest, **times, **more}

    sessions = [
        part("A-017", "V001", "R1", "home"),
        part("A-017", "V002", "R1", "guest"),
        part("A-018", "V003", "R1", "home", project="县医院设备采购", split=True),
    ]
    left = {"reason": "当日无合格客场", "project_id": "P-19", "project": "监理", "version": 1}
    unscheduled = [{"serial": "A-019", **left}]
    frame = {
        "date": "2026-11-24",
        "now": "2026-11-24T03:00:00Z",
        "cutoff": "22:00",
        "timezone": "Asia/Shanghai",
    }
    return {**frame, "venues": places, "sessions": sessions, "unscheduled": unscheduled, "waiting": []}


@pytest.fixture
def stub():
    """A scripted service, not yet served."""
    return Stub(made_view())


@pytest.fixture
def address(stub):
    """Where the stub is served."""
    with serving(stub.app, "websockets-sansio", "off") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def page(browser, address, request):
    """A page that collects violations, errors and requests to elsewhere; every test ends without any."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, reduced_motion=getattr(request, "param", "no-preference")
    )
    page = context.new_page()
    flaws = []
    page.expected = []
    page.on("console", lambda message: message.type == "error" and flaws.append(message.text))
    page.on("pageerror", lambda flaw: flaws.append(str(flaw)))
    page.on("request", lambda one: one.url.startswith(address) or flaws.append(one.url))
    page.add_init_script(
        "window.moves = 0; const animate = Element.prototype.animate;"
        "Element.prototype.animate = function (...given) { window.moves += 1; return animate.apply(this, given); };"
    )
    yield page
    assert [flaw for flaw in flaws if not any(known in flaw for known in page.expected)] == []
    context.close()


def sign_in(page, address, token=TOKEN):
    """Open the console and give the token."""
    page.goto(address)
    page.fill("#token", token)
    page.keyboard.press("Enter")


def test_a_token_opens_the_board_and_is_kept_for_the_session_only(page, address):
    sign_in(page, address)
    expect(page.locator(".track .bar")).to_have_count(3)
    expect(page.locator(".connection")).to_contain_text("实时")
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [1, 0]
    assert TOKEN not in page.url
    page.reload()
    expect(page.locator(".track .bar")).to_have_count(3)
    page.click("#sign-out")
    expect(page.locator("#token")).to_be_visible()
    assert page.locator(".bar[data-key]").count() == 0


def test_a_wrong_token_is_said_so_and_the_panel_cannot_be_shut_away(page, address):
    page.expected.append("401")
    sign_in(page, address, "wrong")
    expect(page.get_by_role("alert")).to_have_text("令牌无效或已过期")
    page.keyboard.press("Escape")
    expect(page.locator("#token")).to_be_visible()
    page.evaluate("document.getElementById('language').click()")
    expect(page.locator("#token")).to_be_visible()


def test_the_served_page_has_nothing_inline_and_a_strict_policy(page, address):
    answer = page.goto(address)
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy
    text = answer.text()
    assert "style=" not in text
    assert "<style" not in text


def test_an_event_moves_its_bar_and_is_told_in_both_languages(page, address, stub):
    sign_in(page, address)
    bar = page.locator(".track .bar", has_text="A-017").first
    expect(bar).to_be_visible()
    expect(page.locator(".connection")).to_contain_text("实时")
    marked = bar.element_handle()
    view = copy.deepcopy(stub.view)
    view["sessions"][0]["room_id"] = "V001-R2"
    view["sessions"][0]["start"] = "2026-11-24T03:00:00Z"
    stub.view = view
    before = page.evaluate("window.moves")
    stub.emit("booking.moved", serial="A-017", from_room_id="V001-R1", room_id="V001-R2", side="home")
    expect(page.locator('[data-room="V001-R2"] .bar')).to_have_count(1)
    assert marked.evaluate("bar => bar.closest('.track').dataset.room") == "V001-R2"
    assert page.evaluate("window.moves") == before + 1
    expect(page.locator(".feed li")).to_contain_text("A-017 由 V001-R1 调整到 V001-R2")
    page.click("#language")
    expect(page.locator(".feed li")).to_contain_text("A-017 moves from V001-R1 to V001-R2")
    page.locator(".feed button").click()
    assert page.evaluate("document.activeElement.dataset.key").startswith("B-A-017")


def test_a_new_session_appears_with_its_progress_and_state(page, address, stub):
    sign_in(page, address)
    expect(page.locator(".connection")).to_contain_text("实时")
    facts = {"booking_id": "B-A-020", "serial": "A-020", "venue_id": "V002", "room_id": "V002-R2"}
    added = {**stub.view["sessions"][0], **facts, "state": "evaluating", "progress": 0.4}
    stub.view = {**stub.view, "sessions": [*stub.view["sessions"], added]}
    stub.emit("evaluation.started", serial="A-020", venue_id="V002", room_id="V002-R2")
    bar = page.locator('[data-room="V002-R2"] .bar')
    expect(bar).to_have_class("bar home evaluating")
    assert "评标中 40 %" in bar.get_attribute("aria-label")
    assert page.evaluate("window.moves") == 1


@pytest.mark.parametrize("page", ["reduce"], indirect=True)
def test_nothing_moves_for_whoever_asked_for_less_motion(page, address, stub):
    sign_in(page, address)
    expect(page.locator(".connection")).to_contain_text("实时")
    stub.view = {**stub.view, "sessions": stub.view["sessions"][1:]}
    stub.view["sessions"][0] = {**stub.view["sessions"][0], "room_id": "V002-R2"}
    stub.emit("booking.moved", serial="A-017", from_room_id="V002-R1", room_id="V002-R2")
    expect(page.locator('[data-room="V002-R2"] .bar')).to_have_count(1)
    expect(page.locator(".track .bar")).to_have_count(2)
    assert page.evaluate("window.moves") == 0


def test_after_a_cut_it_comes_back_from_its_offset_and_misses_nothing(page, address, stub):
    page.expected.append("WebSocket")
    sign_in(page, address)
    expect(page.locator(".connection")).to_contain_text("实时")
    stub.emit("draw.completed", serial="A-017", seats=5)
    expect(page.locator(".feed li")).to_have_count(1)
    expect(page.locator(".age")).to_contain_text("位置 1")
    stub.run(stub.hang_up())
    stub.emit("names.unlocked", serial="A-017")
    expect(page.locator(".feed li")).to_have_count(2, timeout=10_000)
    expect(page.locator(".feed li").first).to_contain_text("名单解密")
    expect(page.locator(".connection")).to_contain_text("实时")
    assert stub.subscriptions[-1]["topics"][TOPIC]["after"] == 1


def test_the_days_before_and_after_are_asked_of_the_service(page, address):
    sign_in(page, address)
    expect(page.locator(".track .bar")).to_have_count(3)
    page.click("#next")
    expect(page.locator("#opening")).to_have_value("2026-11-25")
    expect(page.locator(".track .bar")).to_have_count(0)
    assert "opening=2026-11-25" in page.url
    page.click("#previous")
    expect(page.locator(".track .bar")).to_have_count(3)


def test_every_kind_of_event_has_a_sentence_in_both_languages(page, address):
    page.goto(address)
    told = page.evaluate(
        """async (kinds) => {
            const { speaker } = await import("/words.js");
            const tell = (language, kind) => speaker(language).tell({ kind, facts: { serial: "A-1" } }, (id) => id);
            return kinds.map((kind) => [kind, tell("zh", kind), tell("en", kind)]);
        }""",
        sorted(KINDS.keys() - SILENT),
    )
    assert [kind for kind, chinese, english in told if not chinese or not english or chinese == english] == []


def test_texts_stand_out_and_controls_have_names(page, address):
    sign_in(page, address)
    expect(page.locator(".track .bar")).to_have_count(3)
    flaws = page.evaluate(AUDIT)
    assert flaws == []


def test_a_nation_sized_board_draws_and_still_moves(browser):
    stub = Stub(made_view(venues=215))
    first = stub.view["sessions"][0]
    for n in range(4, 216):
        facts = {"booking_id": f"B-{n}", "serial": f"N-{n}", "venue_id": f"V{n:03}"}
        stub.view["sessions"] += [{**first, **facts, "room_id": f"V{n:03}-R{room}"} for room in (1, 2)]
    with serving(stub.app, "websockets-sansio", "off") as port:
        address = f"http://127.0.0.1:{port}"
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        sign_in(page, address)
        expect(page.locator(".track")).to_have_count(430)
        expect(page.locator(".track .bar")).to_have_count(427)
        expect(page.locator(".connection")).to_contain_text("实时")
        moved = {**first, "room_id": "V001-R2"}
        stub.view = {**stub.view, "sessions": [moved, *stub.view["sessions"][1:]]}
        stub.emit("booking.moved", serial="A-017", from_room_id="V001-R1", room_id="V001-R2")
        expect(page.locator('[data-room="V001-R2"] .bar')).to_have_count(1, timeout=3_000)
        page.close()
