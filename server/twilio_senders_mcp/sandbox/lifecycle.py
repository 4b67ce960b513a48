"""How a sender's status and display name move with time.

Nothing runs in the background: what is to come is written down with its time, and whatever is
due is applied when the sender is next looked at. Twilio takes minutes where the sandbox takes
one *step*, and days for a name review where the sandbox takes three.

Twilio documents no rule for who is asked for a code; the sandbox chooses: a WhatsApp number
that ends in an even digit is Twilio's own and is verified without a code, an odd one waits for
it. A name with the word "Declined" in it is declined.
"""

from twilio_senders_mcp.sandbox.errors import NAME_CHANGE_PENDING, NOT_VERIFIED, ApiError
from twilio_senders_mcp.sandbox.sender import NameChange, Schedule, Sender

VERIFICATION_CODE = "123456"
"""The one code that verifies a sender; every other is refused."""

REGISTERED = frozenset({"ONLINE", "ONLINE:UPDATING", "OFFLINE"})
"""Statuses of a sender whose registration is over."""

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
    """Return what follows ``CREATING`` for a new sender."""
    if sender_id.startswith("rcs:"):
        return [(now + step, "TWILIO_REVIEW"), (now + 2 * step, "ONLINE")]
    if int(sender_id[-1]) % 2 == 0:
        # Twilio shows OFFLINE, without any reason, for a while after a registration.
        return [(now + step, "OFFLINE"), (now + 2 * step, "VERIFYING"), (now + 3 * step, "ONLINE")]
    return [(now + step, "PENDING_VERIFICATION")]


def take_offline(sender: Sender, code: str, message: str) -> None:
    """Let a sender fail: from now on it is offline, for this reason."""
    sender.schedule = []
    sender.status = "OFFLINE"
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    sender.offline_reasons = [{"code": code, "message": message, "more_info": more_info}]


def check_code(code: str) -> None:
    """Refuse a wrong verification code.

    Twilio documents no code for a wrong one; the sandbox chooses 400 / 63113 (sender cannot be
    verified), whatever the sender's status.
    """
    if code != VERIFICATION_CODE:
        raise ApiError(400, NOT_VERIFIED, "The sender cannot be verified: wrong verification code")


def verify(sender: Sender, now: float, step: float) -> None:
    """Take the right code.

    Twilio documents nothing for a sender that awaits no code; the sandbox chooses that the
    right one has no effect, so that repeating a request whose answer was lost does no harm.
    """
    if sender.status == "PENDING_VERIFICATION":
        sender.status = "VERIFYING"
        sender.schedule = [(now + step, "ONLINE")]


def show_updating(sender: Sender, now: float, step: float) -> None:
    """Let an online sender be ``ONLINE:UPDATING`` for one step."""
    if sender.status in {"ONLINE", "ONLINE:UPDATING"}:
        sender.status = "ONLINE:UPDATING"
        sender.schedule = [(now + step, "ONLINE")]


def change_name(sender: Sender, name: str, now: float, step: float, *, alone: bool) -> str | None:
    """Take a new display name and return ``display_name_status``, None where there is none.

    Only a registered WhatsApp sender's name goes to review; any other is changed at once, with
    nothing to report. ``alone`` says that the name is the request's only field: only then is a
    failure an error answer (63128) instead of the status ``error``.
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
