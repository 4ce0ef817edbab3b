"""`python -m api.live.conformance`: plays recorded dialogues against a server, or a stand-in for a client."""

import asyncio
import json
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from api.live.conformance.client import stand_in
from api.live.conformance.dialogue import Dialogue, Mismatch, read
from api.live.conformance.server import play

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
Files = Annotated[
    list[Path], typer.Argument(help="Dialogues, such as docs/conformance/*.jsonl.", exists=True)
]
Given = Annotated[list[str], typer.Option("--given", help="NAME=VALUE in place of what a dialogue gives.")]


@app.command()
def server(
    url: Annotated[str, typer.Argument(help="The server, such as wss://host/live.")],
    files: Files,
    given: Given = [],  # noqa: B006 - typer reads it, nobody changes it
    world: Annotated[
        str, typer.Option(help="Where to POST what a dialogue wants to happen at the server.")
    ] = "",
) -> None:
    """Play the client's part of each dialogue; without --world, only those in which nothing has to happen.

    Example: python -m api.live.conformance server ws://127.0.0.1:8000/live docs/conformance/*.jsonl
    --given token=yidi_… --given topic=venue/V01
    """

    async def happen(what: dict[str, Any]) -> None:
        body = json.dumps(what).encode()
        request = urllib.request.Request(world, body, {"Content-Type": "application/json"})  # noqa: S310
        await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=10).close())  # noqa: S310

    failed = 0
    for dialogue in _dialogues(files, given, "server"):
        if dialogue.needs_world and not world:
            typer.echo(f"skipped  {dialogue.name}: needs --world")
            continue
        try:
            asyncio.run(play(dialogue, url, happen))
            typer.echo(f"passed   {dialogue.name}")
        except Mismatch as mismatch:
            failed += 1
            typer.echo(f"FAILED   {mismatch}")
    raise typer.Exit(1 if failed else 0)


@app.command()
def client(
    files: Files,
    port: Annotated[int, typer.Option(help="The loopback port to listen on.")] = 8765,
    given: Given = [],  # noqa: B006 - typer reads it, nobody changes it
    seconds: Annotated[float, typer.Option(help="How long the client may take for a step.")] = 60,
) -> None:
    """Play the server's part of each dialogue to the client that connects, one after another.

    After each, what the client should have told its user is printed, to be compared.
    """

    async def attend(dialogue: Dialogue) -> None:
        async with stand_in(dialogue, port, seconds) as part:
            typer.echo(f"waiting  {dialogue.name} at {part.url}: follow {json.dumps(dict(dialogue.given))}")
            await part.done()

    failed = 0
    for dialogue in _dialogues(files, given, "client"):
        try:
            asyncio.run(attend(dialogue))
            surfaced = [step.content for step in dialogue.steps if step.kind == "surfaced"]
            typer.echo(f"passed   {dialogue.name}; its user should have got {json.dumps(surfaced)}")
        except Mismatch as mismatch:
            failed += 1
            typer.echo(f"FAILED   {mismatch}")
    raise typer.Exit(1 if failed else 0)


def _dialogues(files: list[Path], given: list[str], side: str) -> list[Dialogue]:
    values = dict(one.split("=", 1) for one in given)
    return [one for one in (read(path, values) for path in sorted(files)) if one.tests in (side, "both")]


if __name__ == "__main__":
    app()
