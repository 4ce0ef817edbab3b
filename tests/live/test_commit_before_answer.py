"""A change is committed before its answer leaves, and an answer never claims what the commit refused."""

import sqlite3

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.database import Tx, make_engine


def service(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        reference = "parent_id INTEGER REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED"
        connection.execute(text(f"CREATE TABLE child (id INTEGER PRIMARY KEY, {reference})"))
    app = FastAPI()
    app.state.engine, app.state.committed = engine, lambda: app.state.heard.append("committed")
    app.state.heard = []

    @app.post("/children/{parent}")
    def add(parent: int, tx: Tx):
        tx.execute(text("INSERT INTO child (parent_id) VALUES (:parent)"), {"parent": parent})
        return {"done": True}

    @app.exception_handler(IntegrityError)
    def refused(_request, _error):
        return PlainTextResponse("refused", status_code=409)

    return app


def children(app):
    with app.state.engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM child")).scalar_one()


def test_a_commit_that_fails_is_never_answered_with_success(tmp_path):
    app = service(tmp_path)
    answer = TestClient(app).post(
        "/children/1"
    )  # there is no parent 1: the deferred check fails at the commit
    assert (answer.status_code, answer.text) == (409, "refused")
    assert children(app) == 0
    assert app.state.heard == []
    app.state.engine.dispose()


def test_an_answer_of_success_is_sent_after_the_commit(tmp_path):
    app = service(tmp_path)
    seen = []

    async def spying(scope, receive, send):
        async def watched(message):
            if message["type"] == "http.response.start":
                other = sqlite3.connect(tmp_path / "x.db")
                seen.append(other.execute("SELECT count(*) FROM child").fetchone()[0])
                other.close()
            await send(message)

        await app(scope, receive, watched)

    with app.state.engine.begin() as connection:
        connection.execute(text("INSERT INTO parent VALUES (1)"))
    assert TestClient(spying).post("/children/1").json() == {"done": True}
    assert seen == [1]
    assert app.state.heard == ["committed"]
    app.state.engine.dispose()
