"""The peers in the same run: first come first served, one CP-SAT model, PyJobShop."""

from benchmarks.planning.monolithic import solve_whole
from scheduler.planning import Plan, Problem
from scheduler.planning.board import compile_board
from scheduler.planning.draft import Draft, Placement
from scheduler.planning.publish import publish


def monolithic(problem: Problem, seconds: float) -> tuple[Plan | None, int]:
    """CP-SAT on the whole problem, two workers, starts of about three days; several-day work is left out."""
    answer = solve_whole(problem, seconds, workers=2, ceiling=2 * problem.wishes.avoidable_split)
    return answer.plan, answer.bound


def pyjobshop(problem: Problem, seconds: float) -> Plan | None:
    """PyJobShop: rooms as machines, each way to pair home and guest room a mode, least total flow time.

    It cannot say the 22:00 rule, classes of seats over several guests, shares or balance: starts are not bound
    to days, one guest is modelled, and eight guest rooms drawn by the seed are offered to each project.
    """
    from pyjobshop import Model, solve  # noqa: PLC0415 - a peer that only this function needs

    board = compile_board(problem)
    model = Model()
    machines = [model.add_machine(name=str(room)) for room in range(len(board.free))]
    tasks = []
    for nth, task in enumerate(board.tasks):
        if not task.length:
            continue
        job = model.add_job(release_date=board.first[nth], due_date=board.first[nth])
        item = model.add_task(job=job)
        ranked = sorted(task.ties, key=lambda entry: entry[1])[:8]
        guests = (
            [task.guest_rooms[0][v][0] for v, _ in ranked if v in task.guest_rooms[0]]
            if task.guest_count
            else []
        )
        pairs = [(home, guest) for home in task.rooms for guest in guests] or [(home,) for home in task.rooms]
        for rooms in pairs:
            model.add_mode(item, [machines[room] for room in rooms], task.length)
        tasks.append((nth, pairs))
    model.set_objective(weight_total_tardiness=1)
    result = solve(model.data(), solver="ortools", time_limit=seconds, display=False, num_workers=2)
    if result.best is None:
        return None
    draft = Draft(board)
    modes = [pair for _, pairs in tasks for pair in pairs]
    for (nth, _), answer in zip(tasks, result.best.tasks, strict=True):
        slot = answer.start
        if slot < board.axis.slots:
            task = board.tasks[nth]
            session = (slot, task.length, task.brief.work)
            draft.add(nth, Placement(tuple(modes[answer.mode]), (session,), board.price(task, slot)))
    return publish(draft, 0)
