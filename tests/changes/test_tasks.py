"""Tasks as they are recorded, on both databases and by several processes."""

from dataclasses import replace

import pytest

from twilio_senders_mcp.changes import Owner, StateSettings, Task, TaskWait
from twilio_senders_mcp.changes.database import Database
from twilio_senders_mcp.changes.errors import UnknownTask
from twilio_senders_mcp.changes.state import StateFolder
from twilio_senders_mcp.changes.task_store import TaskStore

WAIT = TaskWait("Waiting.", 10.0, {})
ASKING = TaskWait("Asking.", 10.0, {"one": {"message": "One?"}, "two": {"message": "Two?"}})
TASK = Task(
    id="task-1",
    tool="wait_for_sender",
    arguments={"sid": "XE1"},
    state="working",
    created_at=100.0,
    updated_at=100.0,
    expires_at=1000.0,
    wait=WAIT,
    answers={},
    result=None,
)


@pytest.fixture
def stores(place):
    """The stores of two processes."""
    settings = StateSettings(Owner("https://example.com", ("AC1",)), place)
    databases = [Database(settings, StateFolder(settings)) for _ in range(2)]
    yield [TaskStore(database) for database in databases]
    for database in databases:
        database.close()


@pytest.fixture
def store(stores):
    stores[0].add(TASK, caller="")
    return stores[0]


@pytest.mark.usefixtures("store")
def test_a_task_is_the_same_for_every_process(stores):
    assert stores[1].find("task-1", caller="", now=200.0) == TASK


@pytest.mark.parametrize(
    ("task", "caller", "now"), [("task-2", "", 200.0), ("task-1", "a", 200.0), ("task-1", "", 1e3)]
)
def test_another_task_of_another_caller_or_time_is_unknown(store, task, caller, now):
    with pytest.raises(UnknownTask):
        store.find(task, caller=caller, now=now)


def test_one_process_looks_in_each_interval(store, stores):
    assert [each.take_look(TASK, now=109.0) for each in stores] == [False, False]
    assert [each.take_look(TASK, now=110.0) for each in stores] == [True, False]
    assert [each.take_look(TASK, now=119.0) for each in stores] == [False, False]
    store.keep_waiting(TASK, replace(WAIT, look_seconds=5.0), now=120.0)
    assert [each.take_look(TASK, now=124.0) for each in stores] == [False, False]
    assert [each.take_look(TASK, now=125.0) for each in stores] == [True, False]


def test_only_another_wait_is_an_update(store):
    store.keep_waiting(TASK, WAIT, now=150.0)
    assert store.find("task-1", caller="", now=200.0).updated_at == 100.0
    store.keep_waiting(TASK, ASKING, now=160.0)
    found = store.find("task-1", caller="", now=200.0)
    assert (found.updated_at, found.wait) == (160.0, ASKING)


def test_the_first_end_counts(store, stores):
    store.finish(TASK, "completed", message="", result={"a": 1}, now=150.0)
    stores[1].finish(TASK, "cancelled", message="No.", result=None, now=151.0)
    stores[1].keep_waiting(TASK, ASKING, now=152.0)
    stores[1].answer(TASK, {"one": True}, now=153.0)
    assert stores[1].take_look(TASK, now=200.0) is False
    found = store.find("task-1", caller="", now=200.0)
    assert (found.state, found.result, found.updated_at) == ("completed", {"a": 1}, 150.0)


def test_the_first_answer_to_an_open_question_counts(store, stores):
    store.keep_waiting(TASK, ASKING, now=110.0)
    stores[0].answer(TASK, {"one": False, "three": True}, now=111.0)
    stores[1].answer(TASK, {"one": True}, now=112.0)
    found = store.find("task-1", caller="", now=200.0)
    assert found.answers == {"one": False}
    assert [*found.open_questions] == ["two"]
    assert found.updated_at == 111.0
    # An answer is worth a look at once.
    assert store.take_look(found, now=111.0) is True


def test_expired_tasks_are_removed_when_another_one_is_added(store):
    store.add(replace(TASK, id="task-2", created_at=1000.0, expires_at=2000.0), caller="")
    with pytest.raises(UnknownTask):
        store.find("task-1", caller="", now=200.0)
    assert store.find("task-2", caller="", now=1500.0).id == "task-2"
