"""The guided jobs: each is offered as a prompt and as an agent skill.

A job's text speaks of ``{me}``, ``{my}`` and ``{I}``. A prompt is the person's own message, so it
says "me" there; a skill instructs an agent, so it says "the person".
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

FIND_ACCOUNT: Final = (
    "There are several Twilio accounts. Find out which one this is about, with list_accounts or "
    'with list_senders and account "*", and name it as account in every other call.'
)
"""What is added to a job where there are several accounts and none is named."""


@dataclass(frozen=True, slots=True)
class Input:
    """What a job needs to know: its label in the text, and what it means."""

    label: str
    meaning: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """A job: when it is the right one, what it needs to know, the tools it needs, and its steps."""

    name: str
    title: str
    description: str
    when: str
    """When an agent should take it up, as a sentence that follows the description."""
    goal: str
    inputs: dict[str, Input]
    needs: frozenset[str]
    steps: str

    def spoken(self, text: str, *, by_person: bool) -> str:
        """Return a text of this job as the person would say it, or as an agent is told it."""
        me, my = ("me", "my") if by_person else ("the person", "their")
        return text.format(me=me, my=my, I="I" if by_person else "the person")


_PLANNING: Final = frozenset({"plan_changes", "apply_plan", "follow_run"})
_SENDER: Final = "Its SID (XE…), number or name."

JOBS: Final = (
    Job(
        name="register_whatsapp_sender",
        title="Register a WhatsApp sender",
        description="Register a phone number and bring the sender online.",
        when="Use it to add a WhatsApp number to a Twilio account.",
        goal="Register a WhatsApp sender at Twilio.",
        inputs={
            "number": Input("Number", "The phone number, with country code."),
            "name": Input("Display name", "The display name that people will see."),
            "vertical": Input(
                "Business category (vertical)",
                "The business category, in Twilio's spelling.",
                required=False,
            ),
            "waba_id": Input(
                "WhatsApp Business Account ID",
                "The WhatsApp Business Account ID; ISVs need it.",
                required=False,
            ),
        },
        needs=frozenset({"list_senders", "create_sender", "wait_for_sender", "update_sender"}),
        steps="""\
1. Check with list_senders (channel whatsapp, query the number) whether it is already registered.
   If it is, say so and stop.
2. If this would be the account's first WhatsApp sender, say that Twilio wants the first one to be
   registered in its Console, and ask whether to continue.
3. Show {me} what you will send, then call create_sender with sender_id whatsapp:+<number>,
   profile.name and what is given above. Leave out what is not given.
4. Call wait_for_sender. If the status is PENDING_VERIFICATION, ask {me} for the code that the
   number receives by SMS or call, and submit it with update_sender as
   configuration.verification_code.
5. Call wait_for_sender again until it is ONLINE, and tell {me} the SID. If it fails, tell {me} the
   reason and the cure. Do not register another number in the meantime.
""",
    ),
    Job(
        name="verify_sender",
        title="Verify a sender with a code",
        description="Submit the code that a number received.",
        when="Use it when a WhatsApp sender at Twilio waits for a code, or a code has arrived.",
        goal="Verify a WhatsApp sender at Twilio with the code that its number received.",
        inputs={
            "sender": Input("Sender", _SENDER),
            "code": Input("Code", "The code, such as 123-456."),
        },
        needs=frozenset({"list_senders", "get_sender", "update_sender", "wait_for_sender"}),
        steps="""\
1. Find its SID with list_senders if a number or a name is given.
2. Read it with get_sender. If it is not waiting for a code (PENDING_VERIFICATION), tell {me} its
   status and stop.
3. Submit the code with update_sender as configuration.verification_code. Do not repeat the code.
4. If Twilio refuses it, ask {me} for the latest code; do not try the same one again.
5. Call wait_for_sender until it is ONLINE and tell {me} how it went.
""",
    ),
    Job(
        name="diagnose_sender",
        title="Find out why a sender is offline",
        description="Find out why a sender does not work, and what to do next.",
        when="Use it when a WhatsApp or RCS sender is offline at Twilio, or messages get lost.",
        goal="Find out what is wrong with a sender at Twilio. Change nothing.",
        inputs={
            "sender": Input("Sender", _SENDER),
            "error_code": Input(
                "Error code seen",
                "An error code that Twilio showed, such as 63116.",
                required=False,
            ),
        },
        needs=frozenset({"list_senders", "check_sender"}),
        steps="""\
1. Check it with check_sender; find its SID with list_senders first if a number or a name is given.
2. Go through the checklist, the most urgent first. Where something is unknown or skipped, say what
   it would take to find out.
3. Tell {me} in plain words what is wrong, since when, if that can be known, and what to do, in
   order. Say what only {I} can do (at Meta, in the Twilio Console, on {my} web server) and what
   you could do here.
""",
    ),
    Job(
        name="prepare_launch",
        title="Prepare the launch of a sender",
        description="Go from a draft to a sender that passes every check.",
        when="Use it before a WhatsApp or RCS sender is created at Twilio.",
        goal="Prepare the launch of a sender at Twilio.",
        inputs={
            "sender_id": Input("Sender", "The future sender: whatsapp:+number or rcs:agent."),
            "name": Input("Display name", "The display name that people will see."),
            "about": Input(
                "Known so far",
                "What is known of the profile and the webhooks, in plain words.",
                required=False,
            ),
        },
        needs=frozenset({"check_sender", "create_sender", "wait_for_sender", "update_sender"}),
        steps="""\
1. Make a draft with the arguments of create_sender. Ask {me} for what the channel needs: for
   WhatsApp the category, a logo and the webhooks; for RCS also a banner, the privacy policy, the
   terms, a phone number, web site or e-mail address, and the accent colour.
2. Check it with check_sender and draft. Go through what failed and the warnings with {me}, correct
   the draft, and check again until nothing fails.
3. Show {me} the draft, and wait for {my} approval. Then call create_sender; RCS senders are
   usually created in the Twilio Console, so if Twilio refuses, give {me} the draft for the
   Console.
4. Call wait_for_sender. If it waits for a code, ask {me} for it and send it with update_sender.
5. Check the sender with check_sender and its SID, and tell {me} what is left to do.
""",
    ),
    Job(
        name="move_webhooks",
        title="Move webhooks to another host",
        description="Move the webhooks of all senders from one host to another.",
        when="Use it when the web server that Twilio calls for WhatsApp or RCS gets another host.",
        goal="Move the webhooks of {my} senders at Twilio from one host to another.",
        inputs={
            "from_host": Input(
                "From", "The host that the webhooks point to now, such as old.example.com."
            ),
            "to_host": Input("To", "The host that they should point to, such as new.example.com."),
            "channel": Input(
                "Channel", "whatsapp or rcs; both if it is not given.", required=False
            ),
        },
        needs=_PLANNING,
        steps="""\
1. Call plan_changes with replace_host from the old host to the new one, and with senders by
   channel; if no channel is given, with senders by an empty query.
2. Show {me} the number of senders, each impact and the first few changes, and wait for {my}
   approval.
3. Call apply_plan with the plan, then follow_run until the run is over.
4. Tell {me} the counts, and for each sender that is not applied why and what to do. If the run
   stopped, show {me} what went wrong and ask whether to resume or to cancel it.
5. Tell {me} that plan_changes with undo and the run takes the change back.
""",
    ),
    Job(
        name="change_many_senders",
        title="Change many senders",
        description="Plan a change of many senders, apply it with care, and verify it.",
        when="Use it for any change of more than a few WhatsApp or RCS senders at Twilio.",
        goal="Change many of {my} senders at Twilio.",
        inputs={
            "change": Input("Change", "What to change, such as the about text or a webhook."),
            "senders": Input(
                "Senders", "Which senders: a channel, a status, part of a name, or SIDs."
            ),
        },
        needs=_PLANNING,
        steps="""\
1. Call plan_changes: set for the same fields on all, replace_host for a host in webhook URLs, rows
   for different fields of each sender. Nothing is written yet.
2. Show {me} the number of senders, each impact, each warning and the first few changes. Ask
   whether to go on, and with how many senders to begin (canary).
3. Call apply_plan, then follow_run until the run is over.
4. Tell {me} the counts, and for each sender that is not applied why and what to do. A conflict
   means that somebody else changed the sender: ask {me} before you plan that one again.
5. Tell {me} that plan_changes with undo and the run takes the change back.
""",
    ),
    Job(
        name="change_display_name",
        title="Prepare a display name change",
        description="Check a new WhatsApp name before Meta reviews it.",
        when="Use it before the name of a WhatsApp sender at Twilio is changed.",
        goal="Prepare a change of a WhatsApp display name at Twilio.",
        inputs={
            "sender": Input("Sender", _SENDER),
            "name": Input("New name", "The new display name."),
        },
        needs=frozenset({"list_senders", "get_sender", "update_sender", "wait_for_sender"}),
        steps="""\
1. Find its SID with list_senders if a number or a name is given, and read it with get_sender.
2. If the name is already live, or another change is pending, tell {me} and stop: Meta allows only
   one change at a time, and a limited number of them.
3. Check the name: 1 to 255 characters; the name of the business or product, not of a person; no
   unusual capitals or symbols; it should match the business's web site. Tell {me} what Meta could
   decline.
4. Ask for {my} approval, then submit it with update_sender as profile.name, alone.
5. Call wait_for_sender with until name_reviewed and a short timeout, and tell {me} the state. The
   old name stays live until Meta has approved the new one, which can take days.
""",
    ),
)


def available_jobs(tools: Collection[str]) -> list[Job]:
    """Return the jobs whose tools are all offered."""
    return [job for job in JOBS if job.needs <= set(tools)]
