"""The five operations on senders, and how an update is merged.

Updates are merged key by key. An array replaces the old array, null sets null, and ``""`` is kept,
except that it clears ``account_type``. Twilio does not document null; in the sandbox, a section
given as null becomes null, except that a WhatsApp sender keeps its name.
"""

import secrets
import time
from collections.abc import Mapping

from twilio_senders_mcp.sandbox import lifecycle, responses
from twilio_senders_mcp.sandbox.errors import ALREADY_REGISTERED, ApiError, not_found
from twilio_senders_mcp.sandbox.paging import PageQuery, cut_page
from twilio_senders_mcp.sandbox.seeds import seeded_senders
from twilio_senders_mcp.sandbox.sender import JsonObject, Sender
from twilio_senders_mcp.sandbox.validation import check_create, check_update

SENDERS = "/v2/Channels/Senders"


class Senders:
    """One account's senders. Every ``now`` is a time on the sandbox's clock, in seconds."""

    def __init__(self, account_sid: str, *, now: float, step: float, seed: bool) -> None:
        self._step = step
        self._wall_clock_offset = time.time() - now
        self._by_sid = {
            sender.sid: sender for sender in (seeded_senders(account_sid, now) if seed else ())
        }
        self._next_position = len(self._by_sid)

    def sids(self) -> list[str]:
        """Return the SIDs of all senders, oldest first."""
        return list(self._by_sid)

    def take_offline(self, sid: str, code: str, message: str, now: float) -> None:
        """Take a sender offline with this reason."""
        lifecycle.take_offline(self._get(sid, now), code, message)

    def page(self, query: Mapping[str, str], origin: str, now: float) -> JsonObject:
        """Return one page of a channel's senders and its ``meta`` object."""
        wanted = PageQuery.read(query)
        matching = [sender for sender in self._by_sid.values() if sender.channel == wanted.channel]
        senders, meta = cut_page(matching, wanted, origin + SENDERS)
        for sender in senders:
            lifecycle.advance(sender, now)
        items = [responses.listed(sender, _url(origin, sender)) for sender in senders]
        return {"senders": [*items], "meta": meta}

    def create(self, body: JsonObject, now: float) -> JsonObject:
        """Begin a registration.

        Twilio documents no HTTP status for a number that is already in use; the sandbox chooses
        400 / 63110. No verification code has been sent yet, so one in the body has no effect.
        """
        fields = check_create(body)
        sender_id = str(fields.pop("sender_id"))
        if any(sender.sender_id == sender_id for sender in self._by_sid.values()):
            raise ApiError(400, ALREADY_REGISTERED, "sender_id is already registered")
        sender = self._new_sender(sender_id, now)
        _pop_code(fields)
        _merge(sender, fields)
        self._by_sid[sender.sid] = sender
        self._next_position += 1
        return responses.accepted(sender)

    def fetch(self, sid: str, origin: str, now: float) -> JsonObject:
        """Return everything about one sender."""
        sender = self._get(sid, now)
        return responses.fetched(sender, _url(origin, sender), self._date)

    def update(self, sid: str, body: JsonObject, now: float) -> JsonObject:
        """Apply the body's changes, either all or none of them.

        Twilio does not document what a body without any field does; the sandbox accepts it and
        changes nothing.
        """
        sender = self._get(sid, now)
        fields = check_update(body, sender.channel)
        code = _pop_code(fields)
        if code is not None:
            lifecycle.check_code(code)
        name = _pop_name(fields)
        outcome = None
        if name is not None:
            alone = code is None and not _has_fields(fields)
            outcome = lifecycle.change_name(sender, name, now, self._step, alone=alone)
        if code is not None:
            lifecycle.verify(sender, now, self._step)
        if fields.get("profile", {}) != {} or (name is not None and outcome in {None, "updating"}):
            lifecycle.show_updating(sender, now, self._step)
        _merge(sender, fields)
        return responses.accepted(sender, outcome)

    def delete(self, sid: str, now: float) -> None:
        """Remove a sender permanently; its number can be registered again at once."""
        del self._by_sid[self._get(sid, now).sid]

    def _get(self, sid: str, now: float) -> Sender:
        sender = self._by_sid.get(sid)
        if sender is None:
            raise not_found(f"{SENDERS}/{sid}")
        lifecycle.advance(sender, now)
        return sender

    def _new_sender(self, sender_id: str, now: float) -> Sender:
        sender = Sender(
            sid=f"XE{secrets.token_hex(16)}",
            position=self._next_position,
            sender_id=sender_id,
            status="CREATING",
            schedule=lifecycle.registration(sender_id, now, self._step),
            configuration={},
            webhook={},
            profile={},
        )
        if sender.channel == "rcs":
            sender.profile = {"use_case": "MULTI_USE"}
            sender.compliance = {"registration_sid": "", "countries": []}
        else:
            sender.configuration = {"verification_method": "sms"}
            sender.properties = {"quality_rating": "HIGH", "messaging_limit": "250 Customers/24hr"}
        return sender

    def _date(self, moment: float) -> str:
        wall = time.gmtime(moment + self._wall_clock_offset)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", wall)


def _pop_code(fields: JsonObject) -> str | None:
    """Remove the verification code from the fields, so that nothing can store it."""
    configuration = fields.get("configuration")
    code = configuration.pop("verification_code", None) if isinstance(configuration, dict) else None
    return code if isinstance(code, str) else None


def _pop_name(fields: JsonObject) -> str | None:
    """Remove a display name from the fields; a null name (RCS) is kept and merged."""
    profile = fields.get("profile")
    if not isinstance(profile, dict) or not isinstance(name := profile.get("name"), str):
        return None
    del profile["name"]
    return name


def _has_fields(fields: JsonObject) -> bool:
    return any(value != {} for value in fields.values())


def _merge(sender: Sender, fields: JsonObject) -> None:
    if "friendly_name" in fields:
        sender.friendly_name = fields["friendly_name"]
    if "configuration" in fields:
        sender.configuration = _merged(sender.configuration, fields["configuration"])
        if sender.configuration is not None and sender.configuration.get("account_type") == "":
            sender.configuration["account_type"] = None
    if "webhook" in fields:
        sender.webhook = _merged(sender.webhook, fields["webhook"])
    if "profile" in fields:
        kept = (
            {"name": (sender.profile or {}).get("name")} if sender.channel == "whatsapp" else None
        )
        sender.profile = _merged(sender.profile, fields["profile"]) or kept


def _merged(current: JsonObject | None, changes: object) -> JsonObject | None:
    return {**(current or {}), **changes} if isinstance(changes, dict) else None  # pyright: ignore[reportUnknownVariableType] # narrowed from JSON


def _url(origin: str, sender: Sender) -> str:
    return f"{origin}{SENDERS}/{sender.sid}"
