"""What the credentials of an account may do, as far as harmless reads tell."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import anyio

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.tools.outside_text import identifier, one_line
from twilio_senders_mcp.tools.twilio_failure import describe_cause
from twilio_senders_mcp.twilio.accounts import AccountRecord
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.errors import Refused, TwilioError, advice_for

from .diagnosis import Diagnosis

_NOT_ALLOWED: Final = (401, 403, 404)
_ALERTS_PERIOD: Final = timedelta(minutes=1)


async def check_senders(account: Account) -> Diagnosis:
    """Read one page with at most one WhatsApp sender."""
    check = f"senders of {one_line(account.name)}"
    try:
        page = await account.senders.list_page("whatsapp", page_size=1)
    except TwilioError as error:
        return Diagnosis(check, "problem", *_failure(error))
    has = "at least one WhatsApp sender" if page.senders else "no WhatsApp sender"
    return Diagnosis(check, "ok", f"A page was read; there is {has}.")


async def check_rights(account: Account, configured: ConfiguredAccount) -> list[Diagnosis]:
    """Read from Twilio's other APIs; what is needed for a few tools only is a warning."""
    since = datetime.now(UTC) - _ALERTS_PERIOD
    reads: dict[str, Callable[[], Awaitable[Any]]] = {
        "the account": lambda: account.accounts.fetch(account.sid),
        "Monitor's alerts": lambda: account.monitor.alerts(since),
        "webhook rules": account.webhooks.rules,
    }
    outcomes: dict[str, object] = {}

    async def read(name: str) -> None:
        try:
            outcomes[name] = await reads[name]()
        except TwilioError as error:
            outcomes[name] = error

    async with anyio.create_task_group() as tasks:
        for name in reads:
            tasks.start_soon(read, name)
    check = f"rights of {account.name}"
    own = outcomes["the account"]
    found = [_status(check, own)] if isinstance(own, AccountRecord) else []
    may = [name for name in reads if not isinstance(outcomes[name], TwilioError)]
    if may:
        found.append(Diagnosis(check, "ok", f"It may also read {', '.join(may)}."))
    for name in reads:
        outcome = outcomes[name]
        if isinstance(outcome, TwilioError):
            found.append(_refusal(check, name, outcome, configured))
    return found


def _status(check: str, record: AccountRecord) -> Diagnosis:
    if record.status == "active":
        return Diagnosis(check, "ok", "The account is active.")
    return Diagnosis(
        check,
        "problem",
        f"The account is {identifier(record.status)}.",
        "Reactivate it in the Twilio Console, or use another account.",
    )


def _refusal(check: str, name: str, error: TwilioError, configured: ConfiguredAccount) -> Diagnosis:
    if not isinstance(error, Refused) or error.problem.http_status not in _NOT_ALLOWED:
        found, cure = _failure(error)
        return Diagnosis(check, "warning", f"{name} could not be read: {found}", cure)
    refused = f"It may not read {name} (HTTP {error.problem.http_status})"
    if name != "the account":
        return Diagnosis(
            check,
            "warning",
            f"{refused}; check_sender and check_webhooks then tell less.",
            "Allow it to this API key, or use one that may.",
        )
    if configured.subaccounts:
        return Diagnosis(
            check,
            "problem",
            f"{refused}, so its subaccounts cannot be used.",
            "Use the auth token or a main API key; a standard API key may not read accounts.",
        )
    is_key = cast("Credentials", configured.credentials).api_key is not None
    reason = "; no standard API key may, and only subaccounts need it" if is_key else ""
    return Diagnosis(check, "ok", f"{refused}{reason}.")


def _failure(error: TwilioError) -> tuple[str, str]:
    """Return what went wrong, and what to do about it."""
    problem = error.problem if isinstance(error, Refused) else None
    advice = advice_for(problem.code, problem.http_status) if problem else None
    return describe_cause(error), advice.cure if advice else "Run doctor again later."
