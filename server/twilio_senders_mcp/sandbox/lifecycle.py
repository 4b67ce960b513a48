"""How a sender's status and display name change over time.

Nothing runs in the background: future statuses are scheduled with their times, and those that are
due are applied when the sender is next accessed. What takes Twilio minutes takes the sandbox one
*step*; a name review, which takes days, takes three steps.

Twilio documents no rule for which numbers need a code. In the sandbox, a WhatsApp number that ends
in an even digit counts as Twilio's own and is verified without a code; one that ends in an odd
digit waits for a code. A name that contains the word "Declined" is declined.
"""

from twilio_senders_mcp.sandbox.errors import NAME_CHANGE_PENDING, NOT_VERIFIED, ApiError
from twilio_senders_mcp.sandbox.sender import NameChange, Schedule, Sender

VERIFICATION_CODE = "123456"
"""The only code that verifies a sender; any other is refused."""

REGISTERED = frozenset({"ONLINE", "ONLINE:UPDATING", "OFFLINE"})
"""The statuses of a sender whose registration is complete."""

_REVIEW_STEPS = 3
_COMPLETED_IS_REPORTED = 14 * 24 * 3600.0
_IN_FLIGHT = frozenset({"PENDING_REVIEW", "APPROVED"})


def advance(sender: Sender, now: float) -> None:
    """Apply everything that is due by ``now``."""
    while sender.schedule and sender.schedule[0][0] <= now:
        _, status = sender.schedule.pop(0)
        if sender.status == "VERIFYING" and sender.configuration is not None:
            # Twilio's example of a registered sender shows null here.
            sender.configuration["verification_method"] = None
        sender.status = status
    change = sender.name_change
    if change is None:
        return
    while change.schedule and change.schedule[0][0] <= now:
        change.changed_at, change.status = change.schedule.pop(0)
        if change.status == "COMPLETED":
            _set_name(sender, change.name)
    if change.status == "COMPLETED" and now >= change.changed_at + _COMPLETED_IS_REPORTED:
        sender.name_change = None


def registration(sender_id: str, now: float, step: float) -> Schedule:
    """Return the statuses that follow ``CREATING`` for a new sender."""
    if sender_id.startswith("rcs:"):
        return [(now + step, "TWILIO_REVIEW"), (now + 2 * step, "ONLINE")]
    if int(sender_id[-1]) % 2 == 0:
        # Twilio shows OFFLINE without a reason for a while after a registration.
        return [(now + step, "OFFLINE"), (now + 2 * step, "VERIFYING"), (now + 3 * step, "ONLINE")]
    return [(now + step, "PENDING_VERIFICATION")]


def take_offline(sender: Sender, code: str, message: str) -> None:
    """Take a sender offline from now on, with this reason."""
    sender.schedule = []
    sender.status = "OFFLINE"
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    sender.offline_reasons = [{"code": code, "message": message, "more_info": more_info}]


def check_code(code: str) -> None:
    """Refuse a wrong verification code.

    Twilio documents no error for a wrong code; the sandbox chooses 400 / 63113 (sender cannot be
    verified), whatever the sender's status.
    """
    if code != VERIFICATION_CODE:
        raise ApiError(400, NOT_VERIFIED, "The sender cannot be verified: wrong verification code")


def verify(sender: Sender, now: float, step: float) -> None:
    """Accept the correct code.

    Twilio does not document what a code does to a sender that is not waiting for one. In the
    sandbox the correct code then has no effect, so that a request can be repeated safely after a
    lost response.
    """
    if sender.status == "PENDING_VERIFICATION":
        sender.status = "VERIFYING"
        sender.schedule = [(now + step, "ONLINE")]


def show_updating(sender: Sender, now: float, step: float) -> None:
    """Set an online sender to ``ONLINE:UPDATING`` for one step."""
    if sender.status in {"ONLINE", "ONLINE:UPDATING"}:
        sender.status = "ONLINE:UPDATING"
        sender.schedule = [(now + step, "ONLINE")]


def change_name(sender: Sender, name: str, now: float, step: float, *, alone: bool) -> str | None:
    """Accept a new display name and return ``display_name_status``, None if there is none.

    Only the name of a registered WhatsApp sender is reviewed; any other name changes at once, and
    the result is None. ``alone`` is true if the name is the request's only field. A conflict then
    is an error response (63128); otherwise it is the status ``error``.
    """
    if sender.channel != "whatsapp" or sender.status not in REGISTERED:
        _set_name(sender, name)
        return None
    if sender.profile is not None and name == sender.profile.get("name"):
        return "no_change"
    change = sender.name_change
    if change is None or change.status not in _IN_FLIGHT:
        sender.name_change = NameChange(
            name=name, status="PENDING_REVIEW", changed_at=now, schedule=_review(name, now, step)
        )
        return "updating"
    if name == change.name:
        return "pending_review" if change.status == "PENDING_REVIEW" else "updating"
    if alone:
        raise ApiError(
            409,
            NAME_CHANGE_PENDING,
            "A display name change is already pending for this sender; "
            "wait until pending_display_name_status is final",
        )
    return "error"


def _review(name: str, now: float, step: float) -> Schedule:
    decided = now + _REVIEW_STEPS * step
    if "Declined" in name:
        return [(decided, "DECLINED")]
    return [(decided, "APPROVED"), (decided + step, "COMPLETED")]


def _set_name(sender: Sender, name: str) -> None:
    sender.profile = {**(sender.profile or {}), "name": name}
