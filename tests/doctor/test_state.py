"""What is said about the state of plans and runs."""

import pytest

from twilio_senders_mcp.changes import Owner, StateSettings
from twilio_senders_mcp.changes.inspection import StateFacts
from twilio_senders_mcp.doctor.state import check_state, describe_state

pytestmark = pytest.mark.anyio
OWNER = Owner("https://messaging.twilio.com", ("AC" + "1" * 32,))
GOOD = {"place": "/state", "exists": True}


def described(**facts):
    return list(describe_state(StateFacts(**{**GOOD, **facts})))


async def test_a_folder_that_does_not_exist_yet_is_no_problem(tmp_path):
    [state] = await check_state(StateSettings(OWNER, str(tmp_path / "new")))
    assert state.level == "ok"
    assert state.found.endswith('" can be written; there are no plans yet.')
    assert not list(tmp_path.iterdir())


async def test_a_folder_that_cannot_be_used_is_a_problem_with_the_cure(tmp_path):
    (tmp_path / "file").touch()
    [state] = await check_state(StateSettings(OWNER, str(tmp_path / "file" / "state")))
    assert (state.level, "cannot be created or written" in state.found) == ("problem", True)
    assert "TWILIO_SENDERS_STATE" in state.cure


async def test_the_sandbox_has_no_lasting_state():
    [state] = await check_state(StateSettings(OWNER, temporary=True))
    assert (state.level, "temporary folder" in state.found) == ("ok", True)


@pytest.mark.parametrize("problem", ["folder", "unreadable", "database", "busy"])
def test_each_problem_has_a_cure(problem):
    [state] = described(problem=problem)
    assert (state.level, state.found.startswith('"/state" ')) == ("problem", True)
    assert state.cure


def test_a_state_of_other_accounts_is_a_problem():
    [state] = described(of_others=True)
    assert (state.level, state.found) == ("problem", '"/state" belongs to other accounts.')


def test_unfinished_runs_that_nobody_carries_out_are_a_warning():
    warning, state = described(unfinished=2)
    assert warning.level == "warning"
    assert warning.cure == "Start the server, or run: twilio-senders-mcp worker"
    assert state.found.endswith("unfinished runs: 2; no run is carried out now.")
    [state] = described(unfinished=2, executing=True)
    assert state.found.endswith("unfinished runs: 2; a process carries out runs.")


def test_what_others_may_read_or_own_is_a_warning():
    foreign, exposed, state = described(foreign=True, exposed=("/state", "/state/x"), beside=1)
    assert (foreign.level, exposed.level, state.level) == ("warning", "warning", "ok")
    assert 'may read "/state", "/state/x".' in exposed.found
    assert state.found.endswith("; beside it are states of other accounts: 1.")
