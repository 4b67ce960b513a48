"""Prompts that guide a person through a task with the tools of the current mode."""

from collections.abc import Collection
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

from .jobs import FIND_ACCOUNT, Job, available_jobs

_NAME_MAX: Final = 60
_ACCOUNT: Final = "account"
Context = ServerRequestContext[Any, Any]


def _definition(job: Job, *, several_accounts: bool) -> Prompt:
    arguments = [
        PromptArgument(name=name, description=each.meaning, required=each.required)
        for name, each in job.inputs.items()
    ]
    if several_accounts:
        arguments.append(
            PromptArgument(name=_ACCOUNT, description="The Twilio account.", required=False)
        )
    return Prompt(name=job.name, title=job.title, description=job.description, arguments=arguments)


def _message(job: Job, arguments: dict[str, str], *, several_accounts: bool) -> str:
    """Return what the person says: the goal, what is given, and the steps."""
    given = {name: value.strip() for name, value in arguments.items()}
    facts = "\n".join(
        f"{each.label}: {given.get(name) or 'not given'}" for name, each in job.inputs.items()
    )
    goal, steps = (job.spoken(text, by_person=True) for text in (job.goal, job.steps))
    text = f"{goal}\n\n{facts}\n\n{steps}"
    if not several_accounts:
        return text
    if account := given.get(_ACCOUNT):
        return f"{text}\nThe Twilio account: {account}. Name it as account in every call.\n"
    return f"{text}\n{FIND_ACCOUNT}\n"


class Prompts:
    """Handles `prompts/list` and `prompts/get` for the prompts whose tools are all offered."""

    def __init__(self, tools: Collection[str], *, several_accounts: bool) -> None:
        self._several_accounts = several_accounts
        self._jobs = {job.name: job for job in available_jobs(tools)}

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a prompt with this name."""
        return name in self._jobs

    async def list(self, _: Context, __: PaginatedRequestParams | None) -> ListPromptsResult:
        """Return the definitions of the prompts."""
        several = self._several_accounts
        prompts = [_definition(job, several_accounts=several) for job in self._jobs.values()]
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
        required = [name for name, each in job.inputs.items() if each.required]
        if missing := [name for name in required if not given.get(name)]:
            raise MCPError(INVALID_PARAMS, f"Missing arguments: {', '.join(missing)}")
        text = _message(job, given, several_accounts=self._several_accounts)
        message = PromptMessage(role="user", content=TextContent(type="text", text=text))
        return GetPromptResult(description=job.description, messages=[message])
