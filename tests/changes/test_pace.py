"""How fast an account is written to, on a clock that jumps."""

import anyio
import pytest
from virtual_time import in_virtual_time

from twilio_senders_mcp.changes.pace import SLOWEST, Pace, Paces
from twilio_senders_mcp.changes.pauses import Interrupted, Pauses

pytestmark = in_virtual_time


async def turns(pace: Pace, count: int) -> list[float]:
    """When each of so many turns began, in seconds from now."""
    start = anyio.current_time()
    times: list[float] = []
    for _ in range(count):
        await pace.turn()
        times.append(round(anyio.current_time() - start, 3))
    return times


async def test_writes_follow_each_other_evenly():
    assert await turns(Pace(2, Pauses()), 4) == [0, 0.5, 1.0, 1.5]


async def test_those_who_wait_are_served_in_order():
    pace, order = Pace(2, Pauses()), []

    async def waiter(number: int) -> None:
        await pace.turn()
        order.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(5):
            tasks.start_soon(waiter, number)
    assert order == [0, 1, 2, 3, 4]


async def test_a_turn_that_is_given_back_costs_no_time():
    pace = Pace(2, Pauses())
    for _ in range(10):
        await pace.turn()
        pace.give_back()
    assert await turns(pace, 2) == [0, 0.5]


async def test_429_holds_everybody_back_and_halves_the_pace():
    pace = Pace(2, Pauses())
    await pace.turn()
    pace.too_fast(retry_after=3)
    pace.too_fast(retry_after=2)
    began = anyio.current_time()
    await pace.not_held()
    assert anyio.current_time() - began == 3
    assert await turns(pace, 3) == [0, 1.0, 2.0]


async def test_accepted_writes_lead_back_to_the_usual_pace():
    pace = Pace(2, Pauses())
    pace.too_fast(retry_after=None)
    for _ in range(20):
        pace.accepted()
    assert pace.interval == 0.5


async def test_the_pace_has_a_lower_bound():
    pace = Pace(2, Pauses())
    for _ in range(20):
        pace.too_fast(retry_after=None)
        await pace.not_held()
    assert pace.interval == SLOWEST


async def test_each_account_has_a_pace_of_its_own():
    paces = Paces(2, Pauses())
    paces.of("AC1").too_fast(retry_after=60)
    assert await turns(paces.of("AC2"), 2) == [0, 0.5]
    assert paces.of("AC1") is paces.of("AC1")


async def test_the_end_of_the_process_interrupts_a_turn():
    pauses = Pauses()
    pace = Pace(0.01, pauses)
    await pace.turn()
    pauses.end()
    with pytest.raises(Interrupted):
        await pace.turn()
