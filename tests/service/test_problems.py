"""Every refusal has a place on the wire, and none of them says too much."""

import importlib
import pkgutil

import api
import scheduler
from api.problems import STATUS
from scheduler.errors import SchedulerError


def refusals(base=SchedulerError):
    yield base
    for kind in base.__subclasses__():
        yield from refusals(kind)


def test_every_refusal_of_the_engine_and_the_service_has_a_status():
    for package in (scheduler, api):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    codes = {kind.code for kind in refusals() if kind.__module__.startswith(("scheduler", "api"))}
    assert len(codes) > 20
    assert codes - set(STATUS) == set()
    assert set(STATUS) - codes == set()


def test_a_wrong_request_names_field_value_and_rule(client, town):
    _, tokens = town
    answer = client.post(
        "/plans",
        json={"date": "soon", "seconds": 0},
        headers={"Authorization": f"Bearer {tokens['operator-C01']}", "Idempotency-Key": "k"},
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert errors["date"]["value"] == "soon"
    assert "greater than or equal to 1" in errors["seconds"]["rule"]


def test_a_secret_that_was_sent_wrongly_is_never_echoed(client):
    answer = client.post("/sessions", json={"account_id": "a" * 65, "password": ["hunter2-hunter2"]})
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


def test_a_path_that_does_not_exist_is_a_problem_document_too(client):
    answer = client.post("/nowhere")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code in {404, 405}


def test_a_failure_inside_tells_nothing_of_its_cause(client, town, monkeypatch):
    def fail(_):
        raise RuntimeError("the disk of db-7 is full")

    monkeypatch.setattr("api.store.centres.load_all", fail)
    answer = client.get("/centres", headers={"Authorization": f"Bearer {town[1]['public']}"})
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert "db-7" not in answer.text
