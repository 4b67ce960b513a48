"""Checks side by side: their order, their limits, and what becomes of one that fails."""

import logging

import anyio
from virtual_time import in_virtual_time

from twilio_senders_mcp.doctor.checking import TOTAL_SECONDS, Check, carry_out
from twilio_senders_mcp.doctor.diagnosis import Diagnosis

pytestmark = in_virtual_time


def check(name: str, *, takes: float = 0, limit: float = 20) -> Check:
    async def run() -> list[Diagnosis]:
        await anyio.sleep(takes)
        return [Diagnosis(name, "ok", "Well.")]

    return Check(name, run, limit)


async def test_checks_run_side_by_side_and_are_told_in_their_order():
    told: list[tuple[str, float]] = []
    began = anyio.current_time()

    def tell(diagnosis: Diagnosis) -> None:
        told.append((diagnosis.check, anyio.current_time() - began))

    found = await carry_out([check("a", takes=1), check("b", takes=5), check("c", takes=2)], tell)
    assert told == [("a", 1), ("b", 5), ("c", 5)]
    assert [diagnosis.check for diagnosis in found] == ["a", "b", "c"]


async def test_a_check_that_takes_too_long_is_a_problem_and_the_others_count():
    found = await carry_out([check("slow", takes=21), check("fast")], lambda _: None)
    assert [(diagnosis.check, diagnosis.level) for diagnosis in found] == [
        ("slow", "problem"),
        ("fast", "ok"),
    ]
    assert found[0].found == "There was no result within 20 seconds."


async def test_all_together_have_a_limit_too():
    began = anyio.current_time()
    await carry_out([check("endless", takes=1e6, limit=1e6)], lambda _: None)
    assert anyio.current_time() - began <= TOTAL_SECONDS


async def test_an_error_in_a_check_shows_nothing_of_its_text(caplog):
    async def run() -> list[Diagnosis]:
        raise ValueError("hunter2")

    with caplog.at_level(logging.ERROR):
        [broken, good] = await carry_out([Check("broken", run), check("good")], lambda _: None)
    assert (broken.level, good.level) == ("problem", "ok")
    assert broken.cure == "Please report it."
    assert "hunter2" not in f"{broken}{caplog.text}"
    assert "ValueError" in caplog.text
