"""Prompts that guide a person through a task with the tools of the current mode."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.types import (
    INVALID_PARAMS,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    PaginatedRequestParams,
    Prompt,
    PromptArgument,
    PromptMessage,
    TextContent,
)

_NAME_MAX: Final = 60
_ACCOUNT: Final = "account"
_FIND_ACCOUNT: Final = (
    "There are several Twilio accounts. Find out which one this is about, with list_accounts or "
    'with list_senders and account "*", and name it as account in every other call.'
)

Context = ServerRequestContext[Any, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One prompt: its arguments (required unless optional), the tools it needs, its text."""

    name: str
    title: str
    description: str
    arguments: dict[str, str]
    needs: frozenset[str]
    text: str
    optional: frozenset[str] = frozenset()

    def definition(self, *, several_accounts: bool) -> Prompt:
        """Return the prompt's definition for `prompts/list`."""
        arguments = [
            PromptArgument(name=name, description=meaning, required=name not in self.optional)
            for name, meaning in self.arguments.items()
        ]
        if several_accounts:
            arguments.append(
                PromptArgument(name=_ACCOUNT, description="The Twilio account.", required=False)
            )
        return Prompt(
            name=self.name,
            title=self.title,
            description=self.description,
            arguments=arguments,
        )

    def filled_in(self, arguments: dict[str, str], *, several_accounts: bool) -> str:
        """Return the text with the arguments filled in."""
        given = {name: value.strip() for name, value in arguments.items()}
        text = self.text.format(**{name: given.get(name) or "not given" for name in self.arguments})
        if not several_accounts:
            return text
        if account := given.get(_ACCOUNT):
            return f"{text}\nThe Twilio account: {account}. Name it as account in every call.\n"
        return f"{text}\n{_FIND_ACCOUNT}\n"


class Prompts:
    """Handles `prompts/list` and `prompts/get` for the prompts whose tools are all offered."""

    def __init__(self, tools: Collection[str], *, several_accounts: bool) -> None:
        self._several_accounts = several_accounts
        self._jobs = {job.name: job for job in JOBS if job.needs <= set(tools)}

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a prompt with this name."""
        return name in self._jobs

    async def list(self, _: Context, __: PaginatedRequestParams | None) -> ListPromptsResult:
        """Return the definitions of the prompts."""
        several = self._several_accounts
        prompts = [job.definition(several_accounts=several) for job in self._jobs.values()]
        return ListPromptsResult(prompts=prompts)

    async def get(self, _: Context, params: GetPromptRequestParams) -> GetPromptResult:
        """Return one prompt, filled in.

        Raises:
            MCPError: -32602 for an unknown prompt or a missing argument.

        """
        job = self._jobs.get(params.name)
        if job is None:
            raise MCPError(INVALID_PARAMS, f"Unknown prompt: {params.name[:_NAME_MAX]!r}")
        given = params.arguments or {}
        required = [name for name in job.arguments if name not in job.optional]
        if missing := [name for name in required if not given.get(name)]:
            raise MCPError(INVALID_PARAMS, f"Missing arguments: {', '.join(missing)}")
        text = job.filled_in(given, several_accounts=self._several_accounts)
        message = PromptMessage(role="user", content=TextContent(type="text", text=text))
        return GetPromptResult(description=job.description, messages=[message])


_PLANNING: Final = frozenset({"plan_changes", "apply_plan", "follow_run"})
_SENDER: Final = "The sender: its SID (XE…), number or name."

JOBS: Final = (
    Job(
        name="register_whatsapp_sender",
        title="Register a WhatsApp sender",
        description="Register a phone number and bring the sender online.",
        arguments={
            "number": "The phone number, with country code.",
            "name": "The display name that people will see.",
            "vertical": "The business category, in Twilio's spelling.",
            "waba_id": "The WhatsApp Business Account ID; ISVs need it.",
        },
        optional=frozenset({"vertical", "waba_id"}),
        needs=frozenset({"list_senders", "create_sender", "wait_for_sender", "update_sender"}),
        text="""\
Register a WhatsApp sender at Twilio.

Number: {number}
Display name: {name}
Business category (vertical): {vertical}
WhatsApp Business Account ID: {waba_id}

1. Check with list_senders (channel whatsapp, query the number) whether it is already registered.
   If it is, say so and stop.
2. If this would be the account's first WhatsApp sender, say that Twilio wants the first one to be
   registered in its Console, and ask whether to continue.
3. Show me what you will send, then call create_sender with sender_id whatsapp:+<number>,
   profile.name and what is given above. Leave out what is not given.
4. Call wait_for_sender. If the status is PENDING_VERIFICATION, ask me for the code that the number
   receives by SMS or call, and submit it with update_sender as configuration.verification_code.
5. Call wait_for_sender again until it is ONLINE, and tell me the SID. If it fails, tell me the
   reason and the cure. Do not register another number in the meantime.
""",
    ),
    Job(
        name="verify_sender",
        title="Verify a sender with a code",
        description="Submit the code that a number received.",
        arguments={"sender": _SENDER, "code": "The code, such as 123-456."},
        needs=frozenset({"list_senders", "get_sender", "update_sender", "wait_for_sender"}),
        text="""\
Verify a WhatsApp sender at Twilio with the code that its number received.

Sender: {sender}
Code: {code}

1. Find its SID with list_senders if a number or a name is given.
2. Read it with get_sender. If it is not waiting for a code (PENDING_VERIFICATION), tell me its
   status and stop.
3. Submit the code with update_sender as configuration.verification_code. Do not repeat the code.
4. If Twilio refuses it, ask me for the latest code; do not try the same one again.
5. Call wait_for_sender until it is ONLINE and tell me how it went.
""",
    ),
    Job(
        name="diagnose_sender",
        title="Find out why a sender is offline",
        description="Find out why a sender does not work, and what to do next.",
        arguments={
            "sender": _SENDER,
            "error_code": "An error code that Twilio showed, such as 63116.",
        },
        optional=frozenset({"error_code"}),
        needs=frozenset({"list_senders", "check_sender"}),
        text="""\
Find out what is wrong with a sender at Twilio. Change nothing.

Sender: {sender}
Error code seen: {error_code}

1. Check it with check_sender; find its SID with list_senders first if a number or a name is given.
2. Go through the checklist, the most urgent first. What is unknown or skipped is no finding: say
   what it would take to know it.
3. Tell me in plain words what is wrong, since when, if that can be known, and what to do, in order.
   Say what only I can do (at Meta, in the Twilio Console, on my web server) and what you could do
   here.
""",
    ),
    Job(
        name="prepare_launch",
        title="Prepare the launch of a sender",
        description="Go from a draft to a sender that passes every check.",
        arguments={
            "sender_id": "The future sender: whatsapp:+number or rcs:agent.",
            "name": "The display name that people will see.",
            "about": "What is known of the profile and the webhooks, in your own words.",
        },
        optional=frozenset({"about"}),
        needs=frozenset({"check_sender", "create_sender", "wait_for_sender", "update_sender"}),
        text="""\
Prepare the launch of a sender at Twilio.

Sender: {sender_id}
Display name: {name}
Known so far: {about}

1. Make a draft with the arguments of create_sender. Ask me for what the channel needs: for WhatsApp
   the category, a logo and the webhooks; for RCS also a banner, the privacy policy, the terms, a
   phone number, web site or e-mail address, and the accent colour.
2. Check it with check_sender and draft. Go through what failed and the warnings with me, correct
   the draft, and check again until nothing fails.
3. Show me the draft, and wait for my approval. Then call create_sender; RCS senders are usually
   created in the Twilio Console, so if Twilio refuses, give me the draft for the Console.
4. Call wait_for_sender. If it waits for a code, ask me for it and send it with update_sender.
5. Check the sender with check_sender and its SID, and tell me what is left to do.
""",
    ),
    Job(
        name="move_webhooks",
        title="Move webhooks to another host",
        description="Move the webhooks of all senders from one host to another.",
        arguments={
            "from_host": "The host that the webhooks point to now, such as old.example.com.",
            "to_host": "The host that they should point to, such as new.example.com.",
            "channel": "whatsapp or rcs; both if it is not given.",
        },
        optional=frozenset({"channel"}),
        needs=_PLANNING,
        text="""\
Move the webhooks of my senders at Twilio from one host to another.

From: {from_host}
To: {to_host}
Channel: {channel}

1. Call plan_changes with replace_host from {from_host} to {to_host}, and with senders by channel;
   if no channel is given, with senders by an empty query.
2. Show me the number of senders, each impact and the first few changes, and wait for my approval.
3. Call apply_plan with the plan, then follow_run until the run is over.
4. Tell me the counts, and for each sender that is not applied why and what to do. If the run
   stopped, show me what went wrong and ask whether to resume or to cancel it.
5. Tell me that plan_changes with undo and the run takes the change back.
""",
    ),
    Job(
        name="change_many_senders",
        title="Change many senders",
        description="Plan a change of many senders, apply it with care, and verify it.",
        arguments={
            "change": "What to change, such as the about text or a webhook.",
            "senders": "Which senders: a channel, a status, part of a name, or SIDs.",
        },
        needs=_PLANNING,
        text="""\
Change many of my senders at Twilio.

Change: {change}
Senders: {senders}

1. Call plan_changes: set for the same fields on all, replace_host for a host in webhook URLs, rows
   for different fields of each sender. Nothing is written yet.
2. Show me the number of senders, each impact, each warning and the first few changes. Ask whether
   to go on, and with how many senders to begin (canary).
3. Call apply_plan, then follow_run until the run is over.
4. Tell me the counts, and for each sender that is not applied why and what to do. A conflict means
   that somebody else changed the sender: ask me before you plan that one again.
5. Tell me that plan_changes with undo and the run takes the change back.
""",
    ),
    Job(
        name="change_display_name",
        title="Prepare a display name change",
        description="Check a new WhatsApp name before Meta reviews it.",
        arguments={"sender": _SENDER, "name": "The new display name."},
        needs=frozenset({"list_senders", "get_sender", "update_sender", "wait_for_sender"}),
        text="""\
Prepare a change of a WhatsApp display name at Twilio.

Sender: {sender}
New name: {name}

1. Find its SID with list_senders if a number or a name is given, and read it with get_sender.
2. If the name is already live, or another change is pending, tell me and stop: Meta allows
   only one change at a time, and a limited number in 30 days.
3. Check the name: 1 to 255 characters; the name of the business or product, not of a person; no
   unusual capitals or symbols; it should match the business's web site. Tell me what Meta could
   decline.
4. Ask for my approval, then submit it with update_sender as profile.name, alone.
5. Call wait_for_sender with until name_reviewed and a short timeout, and tell me the state. The old
   name stays live until Meta has approved the new one, which can take days.
""",
    ),
)
