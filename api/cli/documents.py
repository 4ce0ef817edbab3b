"""Commands on files in the documented formats: world, plan, check, draw, verify."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.explanation import tell_chances, tell_explanation, tell_thin
from api.cli.provinces import Interrupted, plan_by_shards
from api.cli.terminal import advancing, loaded, out, say_error
from api.files import documents
from api.files.worlds import tables_of
from api.files.writing import write, write_secret
from api.office import rehearsal_entropy, system_entropy
from api.services.draws import PARTIES
from api.signing import Signer, check_signature
from scheduler.draw import DrawOrder, Method, NoPanel, caps_of, commit, complete, party_commitment, quotas_of
from scheduler.draw.explain import DrawCase, chances_of, explain, funnels, thin
from scheduler.errors import require
from scheduler.planning import Budget, Impossible, Outcome, OutOfTime, Plan
from scheduler.planning.cores import solve_on
from scheduler.rules import RuleBook
from scheduler.synthetic import SIZES, make_world
from scheduler.timeline import ZONE
from scheduler.verification.draws import verify_draw
from scheduler.verification.plans import verify_plan


def world(
    folder: Annotated[Path, typer.Option("--out", help="The folder to write.")] = Path("world"),
    size: Annotated[str, typer.Option(help=f"{', '.join(SIZES)}.")] = "prefecture",
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 0,
    tables: Annotated[bool, typer.Option("--tables", help="CSV tables instead of JSON documents.")] = False,
) -> None:
    """Write a made-up world: centres, venues, rooms, experts, organisations; names in a file of their own.

    Example: yidi world --size prefecture --out world

    As tables to fill in with your own: yidi world --tables --out tables
    """
    made = make_world(size, seed)
    if tables:
        files = {f"{name}.csv": text for name, text in tables_of(made).items()}
    else:
        files = {"world.json": documents.world_document(made), "people.json": documents.people_document(made)}
    for name, text in files.items():
        (write_secret if name.startswith("people") else write)(folder / name, text)
    out.print(f"{len(made.centres)} centres, {len(made.venues)} venues, {len(made.pool)} experts in {folder}")


def plan(
    problem_file: Annotated[Path, typer.Argument(help="A problem document (yidi/problem/1).")],
    out_file: Annotated[
        Path, typer.Option("--out", help="The plan document to write.", dir_okay=False)
    ] = Path("plan.json"),
    iterations: Annotated[
        int | None, typer.Option(help="How long to improve; what suits the size if left out.", min=0)
    ] = None,
    exchanges: Annotated[
        int | None,
        typer.Option(
            help="Exact exchanges after that, where a prefecture is crowded: some three seconds each. "
            "What suits if both are left out, else none.",
            min=0,
        ),
    ] = None,
    shards: Annotated[bool, typer.Option("--shards", help="Plan provinces apart, one on each core.")] = False,
    crossing: Annotated[
        float, typer.Option(help="With --shards: the share of projects with guests from another province.")
    ] = 0.0,
) -> None:
    """Plan a problem file; the independent checker must agree before anything is written.

    Example: yidi plan out/problem.json --out plan.json

    A nation: yidi plan nation.json --shards --crossing 0.05 --iterations 200000

    Ctrl-C keeps the best so far.
    """
    require(0 <= crossing <= 1, "crossing", crossing, "a share from 0 to 1")
    require(shards or crossing == 0, "crossing", crossing, "is given together with --shards")
    require(
        not (shards and exchanges), "exchanges", exchanges, "are for what is planned whole, without --shards"
    )
    problem = loaded(problem_file, documents.load_problem)
    suited = Budget.suited_to(len(problem.projects))
    budget = Budget(
        suited.iterations if iterations is None else iterations,
        exchanges if exchanges is not None else suited.exchanges if iterations is None else 0,
    )
    outcome: Outcome
    if shards:
        outcome = plan_by_shards(problem, budget.iterations, crossing)
    else:
        with Interrupted() as stop, advancing() as advance:
            outcome = solve_on(
                os.cpu_count() or 1,
                problem,
                budget,
                lambda at: (
                    advance("exchange", at.exchanges, budget.exchanges)
                    if at.exchanges
                    else advance("plan", at.iterations, budget.iterations)
                ),
                stop,
            )
    match outcome:
        case Plan() as found:
            _refuse_unsound(verify_plan(problem, found))
            write(out_file, documents.dump(found))
            out.print(
                f"{len(found.bookings)} booked, {len(found.unscheduled)} unscheduled, "
                f"{found.avoidable_splits} avoidable splits, "
                f"cost {found.cost}, bound {found.bound}, gap {found.gap:.1%}: {out_file}"
            )
        case Impossible(rules):
            say_error(f"no legal plan: {', '.join(rules)}")
            raise typer.Exit(1)
        case OutOfTime():
            say_error("nothing legal found in the time allowed")
            raise typer.Exit(1)


def check(
    problem_file: Annotated[Path, typer.Argument(help="A problem document.")],
    plan_file: Annotated[Path, typer.Argument(help="A plan document for it.")],
) -> None:
    """Check a plan with the independent checker and list every violation.

    Example: yidi check out/problem.json out/plan.json
    """
    problem = loaded(problem_file, documents.load_problem)
    found = loaded(plan_file, lambda text: documents.load(Plan, text))
    _refuse_unsound(verify_plan(problem, found))
    out.print(
        f"[green]sound[/]: {len(found.bookings)} booked, {len(found.unscheduled)} unscheduled, 0 violations"
    )


def draw(
    request_file: Annotated[Path, typer.Argument(help="A draw request (yidi/draw-request/1).")],
    out_file: Annotated[Path, typer.Option("--out", help="The public certificate.")] = Path(
        "certificate.json"
    ),
    sealed_file: Annotated[Path, typer.Option("--sealed", help="The sealed part: who was drawn.")] = Path(
        "sealed.json"
    ),
    seed: Annotated[int | None, typer.Option(help="A rehearsal that can be repeated, and says so.")] = None,
    only_explain: Annotated[
        bool, typer.Option("--explain", help="Say who is left after each rule, and draw nothing.")
    ] = False,
) -> None:
    """Draw one panel from a request file; the independent verifier must agree before anything is written.

    A draw that is not possible is explained, with the smallest changes that would make it so; exit status 1.

    Example: yidi draw out/draw-request.json --out certificate.json --sealed sealed.json
    """
    request = documents.load(documents.DrawRequest, request_file.read_bytes())
    book = RuleBook.parse(request.rules, "rules")
    project = request.project
    rules = book.at(project.opening_at.astimezone(ZONE).date(), project.region, project.kind)
    case = DrawCase(
        pool=request.pool,
        project=project,
        slots=request.slots,
        sessions=request.sessions,
        rules=rules,
        engagements=request.engagements,
        centre_id=request.centre_id,
        seats=request.seats,
    )
    elsewhere = [(region, region) for region in sorted({expert.region for expert in request.experts})]
    if only_explain:
        tell_explanation(explain(case, elsewhere))
        return
    screened = case.screened()
    entropy = system_entropy if seed is None else rehearsal_entropy(seed)
    nonces = {party: entropy(request.draw_id, party) for party in PARTIES}
    promised = {party: party_commitment(request.draw_id, party, nonce) for party, nonce in nonces.items()}
    signer = Signer(entropy("key", "signing"))
    now = datetime.now(UTC)
    order = DrawOrder(
        draw_id=request.draw_id,
        project_id=project.project_id,
        number=1,
        slots=request.slots,
        caps=caps_of(project, rules),
        seats=request.seats,
        method=Method(rules.draw_method),
        quotas=request.quotas + quotas_of(screened.eligible, 0, rules),
        rules_digest=book.digest,
        assurance="operator_and_server" if seed is None else "rehearsal",
    )
    try:
        prepared = commit(order, screened, promised, entropy(request.draw_id, "salt"), now)
    except NoPanel:
        tell_explanation(explain(case, elsewhere))
        raise
    drawn = complete(prepared, nonces, now, signer.sign, signer.public)
    _refuse_unproven(drawn.public, drawn.sealed)
    write(out_file, _json(drawn.public))
    write_secret(sealed_file, _json(drawn.sealed))
    out.print(
        f"{len(drawn.members)} drawn from {len(screened.eligible)} eligible of {len(request.experts)}: "
        f"{out_file}, sealed in {sealed_file}"
    )
    if prepared.patterns is not None:
        least, most = min(prepared.patterns.chances), max(prepared.patterns.chances)
        out.print(
            f"Chances from {least} to {most}, over {len(prepared.patterns.listed)} listed kinds of panels"
        )
    elif order.method is Method.EQUAL:
        tell_chances(chances_of(prepared.lottery))
    tell_thin(thin(funnels(case, screened)))


def _refuse_unsound(violations: tuple[Any, ...]) -> None:
    for violation in violations[:20]:
        say_error(f"{violation.rule}: {violation.subject}: {violation.detail}")
    if violations:
        say_error(f"{len(violations)} violations")
        raise typer.Exit(1)


def _refuse_unproven(public: Any, sealed: Any) -> None:
    for step in verify_draw(public, sealed, check_signature):
        if not step.holds:
            say_error(f"the verifier refuses the draw: {step.name}: {step.detail}")
            raise typer.Exit(1)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
