"""The public page that verifies draw certificates, driven in a real browser."""

import hashlib
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import expect

from api.board import CONSOLE
from api.verifier import render_verifier
from scheduler.draw import Beacon, Member, Method, certificate_digest, leaf_proof
from tests.console.draws import KEY, PUBLIC_KEY, drawn, experts, jcs, served, slots
from tests.console.test_verifier_verdicts import batches

AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
DOCUMENT = Path(__file__).parents[2] / "docs" / "certificate.md"
POOL = experts(*[(fits, f"u{n % 9}") for n, fits in enumerate(["0", "1", "01"] * 6)])
STEPS = 12


@pytest.fixture(scope="module")
def address():
    """Where the page is served."""
    with served() as address:
        yield address


@pytest.fixture
def page(browser, address):
    """The page at 1366 × 768; every test ends without an error, and without a request to anywhere else."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    flaws = []
    page.on("console", lambda message: message.type == "error" and flaws.append(message.text))
    page.on("pageerror", lambda flaw: flaws.append(str(flaw)))
    page.on("request", lambda one: one.url.startswith((address, "file:", "data:")) or flaws.append(one.url))
    page.goto(f"{address}/verify")
    yield page
    assert flaws == []
    page.close()


def put_in(page, **files):
    """Give files, each by its name and content."""
    given = [
        {"name": f"{name}.json", "mimeType": "application/json", "buffer": json.dumps(content).encode()}
        for name, content in files.items()
    ]
    page.set_input_files("#files", given)


def states(page, card=0):
    """What became of each step of a card."""
    return (
        page.locator(".card")
        .nth(card)
        .locator(".steps > li")
        .evaluate_all("all => all.map(one => one.className)")
    )


def test_the_example_of_the_document_holds_step_by_step(page):
    page.click("#example")
    expect(page.locator(".card h2")).to_have_text("证书成立（演练）")
    assert states(page) == ["holds"] * (STEPS + 1)
    assert page.locator(".panel tbody th").all_inner_texts() == ["E2", "E3"]
    page.click("#language")
    expect(page.locator(".card h2")).to_have_text("The certificate holds (a rehearsal)")
    expect(page.locator(".steps")).to_contain_text("no lottery gives the least likely more than 2/3")


def test_the_example_is_the_documents(page):
    stated = json.loads(re.search(r"```json\n(.*?)\n```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[1])
    assert page.evaluate("import('/verify/example.js').then((module) => module.EXAMPLE)") == stated


def test_the_public_part_alone_leaves_six_steps_to_be_opened(page):
    public, sealed = drawn(slots(2, 1), POOL)
    put_in(page, certificate=public)
    expect(page.locator(".card h2")).to_have_text("公开部分成立")
    assert states(page) == ["holds"] * 6 + ["closed"] * 6 + ["holds"]
    assert page.locator(".panel").count() == 0
    put_in(page, sealed=sealed)
    expect(page.locator(".card h2")).to_have_text("证书成立")
    assert states(page) == ["holds"] * (STEPS + 1)
    assert page.locator(".panel tbody tr").count() == 3


def test_each_forgery_that_is_offered_is_found_and_can_be_undone(page):
    put_in(page, both=dict(zip(("public", "sealed"), drawn(slots(2, 1), POOL, seed=3), strict=True)))
    page.locator(".forging summary").click()
    found = {}
    for name in page.locator("[data-forge]").evaluate_all("all => all.map(one => one.dataset.forge)"):
        page.click(f"[data-forge={name}]")
        expect(page.locator(".card h2")).to_have_text("证书不成立")
        found[name] = [nth + 1 for nth, state in enumerate(states(page)) if state == "broken"]
    assert found == {
        "member": [7, 12],
        "pool": [7, 8],
        "seed": [7, 11, 12],
        "chance": [2, 3, 5],
        "seats": [2, 3, 5],
    }
    page.click(".undo")
    expect(page.locator(".card h2")).to_have_text("证书成立")


def chained(*numbers):
    """Draws of one project with these numbers, each naming the one before."""
    made = []
    for number in numbers:
        more = {"draw_id": f"D{number}", "number": number, "seed": number}
        if made:
            more |= {"previous": certificate_digest(made[-1][0]), "reason": "一名专家不能参加"}
        made.append(drawn(slots(2, 1), POOL, **more))
    return {f"draw{n}": {"public": public, "sealed": sealed} for n, (public, sealed) in enumerate(made)}


def test_draws_of_a_project_are_chained_in_their_order(page):
    files = chained(1, 2, 3)
    put_in(page, **{name: files[name] for name in ("draw2", "draw0", "draw1")})
    expect(page.locator(".card.holds")).to_have_count(3)
    links = page.locator(".steps > li:last-child p").all_inner_texts()
    assert links == [
        "这是该项目的第一次抽取，之前没有别的抽取",
        "紧接第 1 次抽取，编号连续",
        "紧接第 2 次抽取，编号连续",
    ]


def test_a_missing_number_and_a_draw_held_twice_are_said_so(page):
    put_in(page, **chained(1, 3))
    expect(page.locator(".card.broken .verdict")).to_contain_text("编号不连续")
    page.click("#clear")
    expect(page.locator(".card")).to_have_count(0)
    first, second = (drawn(slots(2, 1), POOL, seed=seed)[0] for seed in (1, 2))
    put_in(page, first=first, second=second)
    expect(page.locator(".card.broken .verdict", has_text="两份不同的证书")).to_have_count(2)
    page.click("#clear")
    put_in(page, alone=chained(1, 2)["draw1"])
    expect(page.locator(".steps > li.closed")).to_contain_text("不在放入的文件中")


def test_what_a_later_version_adds_is_refused_as_unknown(page):
    def changed(**more):
        public, _ = drawn(slots(2, 1), POOL)
        public["commitment"] |= more
        public.pop("signature")
        return {**public, "signature": KEY.sign(jcs(public)).hex()}

    for more, sentence in (
        ({"algorithm": "yidi-later-9"}, "本核验程序不认识 public.commitment.algorithm 的取值“yidi-later-9”"),
        ({"moon": "full"}, "本核验程序不认识字段 public.commitment.moon"),
    ):
        put_in(page, later=changed(**more))
        expect(page.locator(".card h2")).to_have_text("无法核验")
        expect(page.locator(".card .verdict")).to_contain_text(sentence)
        page.click("#clear")


def test_a_batch_is_shown_with_its_order_and_what_is_still_to_come(page):
    record, certificates = next(batches(1))
    order = record["order"]
    put_in(page, record=record, first={"public": certificates[order[0]][0]})
    expect(page.locator(".batch.public .verdict")).to_contain_text("证书未全部放入或仍封存")
    assert page.locator(".batch dd").first.inner_text() == "、".join(order)
    page.click("#clear")
    whole = {name: dict(zip(("public", "sealed"), one, strict=True)) for name, one in certificates.items()}
    put_in(page, record=record, **whole)
    expect(page.locator(".batch.holds h2")).to_have_text("同批抽取成立")
    expect(page.locator(".batch .steps > li.holds")).to_have_count(4)
    page.click("#clear")
    put_in(page, record={**record, "order": order[::-1]}, **whole)
    expect(page.locator(".batch.broken .verdict")).to_contain_text("种子得出的先后不是所载的次序")


def test_an_expert_sees_the_own_row_and_chance_and_nobody_elses(page):
    pool = experts(*[(fits, f"u{n % 9}") for n, fits in enumerate(["0", "1", "01"] * 9)])
    public, sealed = drawn(slots(2, 1), pool, excluded=("X1",))
    for row in (*sealed["pool"][:12], sealed["pool"][-1]):
        proof = json.loads(json.dumps(leaf_proof(sealed, row[0])))
        put_in(page, proof=proof)
        expect(page.locator(".leaf h2")).to_have_text("名册证明")
        put_in(page, certificate=public)
        expect(page.locator(".leaf.holds h2")).to_have_text("您在冻结名册中")
        told = "时间冲突" if row[4] == "busy" else "中签机会为 1/9"
        expect(page.locator(".leaf .verdict")).to_contain_text(f"{row[0]} ")
        expect(page.locator(".leaf .verdict")).to_contain_text(told)
        page.click("#clear")
    forged = {**proof, "row": [*row[:4], "other_region"]}
    put_in(page, certificate=public, proof=forged)
    expect(page.locator(".leaf.broken .verdict")).to_contain_text("不在冻结的名册中")
    put_in(page, shorter={**proof, "path": proof["path"][1:]})
    expect(page.locator(".leaf.broken")).to_have_count(2)


def test_members_kept_in_a_redraw_must_have_been_drawn(page):
    first = drawn(slots(2, 1), POOL)
    seats = {one["expert_id"]: one for one in first[1]["panel"]}
    kept, other = list(seats)[1], next(one.expert_id for one in POOL if one.expert_id not in seats)
    again = {
        "number": 2,
        "draw_id": "D2",
        "reason": "一名专家不能参加",
        "previous": certificate_digest(first[0]),
    }
    for expert, state in ((kept, "holds"), (other, "broken")):
        member = Member(expert, seats[kept]["slot_id"], Fraction(seats[kept]["chance"]))
        left = {one.expert_id for one in POOL if "X0" in one.specialties} - {*seats, other}
        pool = [one for one in POOL if one.expert_id in left]
        second = drawn(slots(1), pool, fixed=((member, ("", "u1", "")),), **again)
        put_in(
            page,
            **{
                f"draw{n}": dict(zip(("public", "sealed"), one, strict=True))
                for n, one in enumerate((first, second))
            },
        )
        expect(page.locator(".steps > li:last-child").nth(1)).to_have_class(state)
        page.click("#clear")


def test_the_signature_of_a_beacon_is_left_to_the_command_line(page):
    beacon = Beacon("c" * 64, "bls-unchained-g1-rfc9380", "ab" * 96, 1234)
    put_in(
        page,
        both=dict(
            zip(("public", "sealed"), drawn(slots(2, 1), POOL, beacon=beacon, shone=bytes(48)), strict=True)
        ),
    )
    expect(page.locator(".card h2")).to_have_text("证书成立")
    expect(page.locator(".card .verdict")).to_contain_text("yidi verify")
    assert states(page) == ["holds"] * 3 + ["left"] + ["holds"] * 9
    expect(page.locator(".about")).to_contain_text(hashlib.sha256(bytes(48)).hexdigest()[:16])


def test_a_draw_list_by_list_is_shown_with_its_unequal_chances(page):
    both = drawn(slots(2, 1), POOL, method=Method.SEQUENTIAL)
    put_in(page, both=dict(zip(("public", "sealed"), both, strict=True)))
    expect(page.locator(".card h2")).to_have_text("证书成立")
    expect(page.locator(".about .warn")).to_contain_text("逐组抽取")
    assert page.locator("table.chances").count() == 2


def test_the_key_is_compared_with_the_one_the_reader_gives(page):
    put_in(page, certificate=drawn(slots(2, 1), POOL)[0])
    expect(page.locator(".about")).to_contain_text(f"ed25519:{PUBLIC_KEY.hex()}")
    page.fill("#key", f"ed25519:{PUBLIC_KEY.hex()}")
    expect(page.locator(".same")).to_be_visible()
    page.fill("#key", "ed25519:" + "0" * 64)
    expect(page.locator(".card.broken .verdict")).to_contain_text("签名密钥不是您填写的公钥")


def test_files_that_are_no_certificates_are_named_with_the_reason(page):
    page.set_input_files(
        "#files",
        [
            {"name": "a.json", "mimeType": "application/json", "buffer": b'{\n "public": {\n  oops'},
            {"name": "b.json", "mimeType": "application/json", "buffer": b'{"plan": "yidi/plan/1"}'},
        ],
    )
    expect(page.locator(".trouble")).to_have_count(2)
    assert page.locator(".trouble").all_inner_texts() == [
        "a.json：第 3 行不是合法的 JSON",
        "b.json：里面没有抽取证书",
    ]
    put_in(page, sealed=drawn(slots(2, 1), POOL)[1])
    expect(page.locator(".trouble")).to_have_text(["sealed.json 是封存部分，但没有放入它的公开部分"])


def test_a_file_can_be_dropped_anywhere_on_the_page(page):
    text = json.dumps(drawn(slots(2, 1), POOL)[0])
    page.evaluate(
        """(text) => {
            const held = new DataTransfer();
            held.items.add(new File([text], "dropped.json"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true }));
        }""",
        text,
    )
    expect(page.locator(".card h2")).to_have_text("公开部分成立")
    assert page.url.endswith("/verify")


def test_nothing_can_leave_the_page(page, address):
    answer = page.goto(f"{address}/verify")
    for policy in (
        answer.headers["content-security-policy"],
        page.get_attribute("meta[http-equiv]", "content"),
    ):
        assert "connect-src 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    scripts = "".join(path.read_text(encoding="utf-8") for path in (CONSOLE / "verify").glob("*.js"))
    assert not re.search(
        r"\b(fetch|XMLHttpRequest|WebSocket|sendBeacon|EventSource|localStorage|cookie)\b", scripts
    )


def test_the_saved_page_works_from_a_disk_and_refuses_to_connect(page, address, tmp_path):
    assert page.request.get(f"{address}/verify/page").headers["content-disposition"].startswith("attachment")
    path = tmp_path / "yidi-verify.html"
    path.write_text(render_verifier(), encoding="utf-8")
    page.goto(path.as_uri())
    put_in(page, both=dict(zip(("public", "sealed"), drawn(slots(2, 1), POOL), strict=True)))
    expect(page.locator(".card h2")).to_have_text("证书成立")
    assert page.locator("#save").count() == 0
    policy = page.get_attribute("meta[http-equiv]", "content")
    assert "connect-src 'none'" in policy


def test_a_browser_without_webcrypto_verifies_too(browser, address):
    page = browser.new_page()
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });")
    page.goto(f"{address}/verify")
    assert page.evaluate("crypto.subtle === undefined")
    page.click("#example")
    expect(page.locator(".card h2")).to_have_text("证书成立（演练）")
    page.close()


def test_a_hostile_text_stays_text(page):
    public, _ = drawn(slots(2, 1), POOL, project_id="<img src=x onerror=\"document.title='x'\">")
    put_in(page, certificate=public)
    expect(page.locator(".about dd").first).to_have_text("<img src=x onerror=\"document.title='x'\">")
    assert page.locator("img").count() == 0


def test_a_phone_and_large_type_need_no_sideways_scrolling(page):
    page.click("#example")
    expect(page.locator(".card.holds")).to_be_visible()
    for width in (390, 1366):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("Alt+l")
        assert "large" in page.evaluate("document.documentElement.className")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("Alt+l")
    assert page.locator(".card.holds").is_visible()


def test_texts_stand_out_and_controls_have_names(page):
    assert page.evaluate(AUDIT) == []
    public, sealed = drawn(slots(2, 1), POOL, seed=3)
    put_in(page, sound=public, broken={"public": {**public, "drawn": "9"}, "sealed": sealed})
    page.click("#example")
    expect(page.locator(".card.holds, .card.public, .card.broken")).to_have_count(3)
    assert page.evaluate(AUDIT) == []


def test_every_reason_to_refuse_has_a_sentence_in_both_languages(page):
    scripts = {path.name: path.read_text(encoding="utf-8") for path in (CONSOLE / "verify").glob("*.js")}
    raised = set()
    for text in scripts.values():
        raised |= set(re.findall(r'new Flaw\("(\w+)"', text))
        raised |= set(re.findall(r'broken\("(\w+)"', text))
        raised |= {
            codes[-1]
            for line in re.findall(r"insist\(.*", text)
            if (codes := re.findall(r', "([a-z_]+)"', line))
        }
    assert len(raised) > 60
    said = page.evaluate(
        """async (codes) => {
            const { REFUSALS } = await import("/verify/refusals.js");
            const { speaker } = await import("/verify/words.js");
            const say = (language, code) => speaker(language).refuse(code, ["a", "b", "c", "d"]);
            return codes.map((code) => [code, code in REFUSALS, say("zh", code), say("en", code)]);
        }""",
        sorted(raised),
    )
    assert [code for code, known, zh, en in said if not known or zh == en or "—" in en] == []


def test_a_certificate_of_ten_thousand_experts_is_verified_with_its_progress_shown(page):
    pool = experts(*[(fits, f"u{n % 3000}") for n, fits in enumerate(["0", "1", "01", "2", "12"] * 2000)])
    put_in(page, both=dict(zip(("public", "sealed"), drawn(slots(3, 2, 2), pool), strict=True)))
    expect(page.locator(".card h2")).to_have_text("证书成立", timeout=20_000)
