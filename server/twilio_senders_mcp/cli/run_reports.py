"""What the command ``runs`` prints: the recent runs, or one of them, in one of three forms."""

from collections.abc import AsyncGenerator
from typing import Final, Literal

from twilio_senders_mcp.changes import Changes, RunView
from twilio_senders_mcp.tools.json_text import to_json, without_nulls
from twilio_senders_mcp.tools.run_result import run_content, run_facts, run_sentence, run_text

from .run_csv import runs_csv, senders_csv

RUNS_MAX: Final = 100
"""Maximum number of runs that are listed, the newest first."""

Form = Literal["text", "json", "csv"]


async def list_report(changes: Changes, form: Form) -> str:
    """Return the recent runs.

    Raises:
        StateUnavailable: if the state cannot be used.

    """
    recent = await changes.recent_runs(limit=RUNS_MAX)
    if form == "json":
        return to_json([without_nulls(run_facts(each)) for each in recent])
    if form == "csv":
        return runs_csv(recent)
    return "\n".join(run_sentence(each) for each in recent) or "There are no runs."


async def run_report(changes: Changes, run: str, form: Form, *, several: bool) -> str:
    """Return one run with all of its senders.

    ``several`` is true if senders may belong to several accounts, which are then named.

    Raises:
        UnknownRun, StateUnavailable: see `.changes.errors`.

    """
    pages = [page async for page in _pages(changes, run)]
    if form == "json":
        facts = [run_content(page, several=several) for page in pages]
        items = [item for each in facts for item in each["items"]]
        return to_json(without_nulls({**facts[0], "items": items, "next_page_token": None}))
    if form == "csv":
        return senders_csv([item for page in pages for item in page.items])
    lines = [run_text(page, several=several, paged=False) for page in pages]
    return "\n".join([run_sentence(pages[0].summary), *lines])


async def _pages(changes: Changes, run: str) -> AsyncGenerator[RunView]:
    """Yield every page of a run; it has at least one sender."""
    token: str | None = None
    while True:
        page = await changes.show_run(run, show="all", page_token=token)
        yield page
        token = page.next_page_token
        if token is None:
            return
