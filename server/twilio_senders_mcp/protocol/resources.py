"""The resources that can be attached to a conversation: senders, runs, pages and skills."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import pydantic_core
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    Annotations,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)
from pydantic import TypeAdapter, ValidationError

from twilio_senders_mcp.accounts.account import Account
from twilio_senders_mcp.accounts.accounts import Accounts
from twilio_senders_mcp.accounts.errors import UnknownAccount
from twilio_senders_mcp.changes import Changes
from twilio_senders_mcp.changes.errors import ChangesError, UnknownPlan, UnknownRun
from twilio_senders_mcp.tools.failure import describe_failure
from twilio_senders_mcp.twilio.errors import Refused, TwilioError
from twilio_senders_mcp.twilio.values import SenderSid

from .skills import Skills

if TYPE_CHECKING:
    from twilio_senders_mcp.reference.page import Page

SENDER_URI: Final = "twilio-sender://{sid}"
SENDER_OF_ACCOUNT_URI: Final = "twilio-sender://{account}/{sid}"
RUN_URI: Final = "twilio-run://{run}"
DOCS_URI: Final = "twilio-docs://{+page}"
_ADDRESS: Final = re.compile(r"(twilio-sender|twilio-run|twilio-docs)://(.*)", re.DOTALL)
_RUN: Final = re.compile(r"run-[0-9a-f]{1,40}")
_SID: Final = TypeAdapter[str](SenderSid)
_DOCS_ANNOTATIONS: Final = Annotations(audience=["user", "assistant"], priority=0.5)
_NOT_FOUND: Final = 404
_URI_MAX: Final = 100

Context = ServerRequestContext[Any, Any]


class Resources:
    """Handles `resources/list`, `resources/templates/list` and `resources/read`.

    ``changes`` has the runs; without it, runs are not offered.
    """

    def __init__(self, accounts: Accounts, skills: Skills, changes: Changes | None) -> None:
        self._accounts = accounts
        self._skills = skills
        self._changes = changes
        sender_uri = SENDER_OF_ACCOUNT_URI if accounts.several else SENDER_URI
        self.templates = (sender_uri, *([RUN_URI] if changes else []), DOCS_URI)

    async def list(self, _: Context, __: PaginatedRequestParams | None) -> ListResourcesResult:
        """Return the skills and the reference, because some clients load only what is listed.

        There may be too many senders to list; clients read them through their template.
        """
        from twilio_senders_mcp.reference.library import library  # noqa: PLC0415 - keeps startup fast

        pages = [_page_resource(page) for page in library().values()]
        return ListResourcesResult(resources=[*self._skills.resources, *pages])

    async def list_templates(
        self, _: Context, __: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        """Return the templates of senders, runs and reference pages."""
        return ListResourceTemplatesResult(resource_templates=_templates(self.templates))

    async def read(self, _: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        """Return a sender as JSON, as Twilio sends it, or a run or a page as Markdown.

        Raises:
            MCPError: -32602 if there is no such resource, -32603 if the call to Twilio fails or the
                state of runs cannot be used.

        """
        uri = str(params.uri)
        if skill := self._skills.find(uri):
            return _read(uri, "text/markdown", skill.markdown)
        address = _ADDRESS.fullmatch(uri)
        if address is None:
            raise _not_found(uri, f"Unknown resource: {uri[:_URI_MAX]}")
        if address[1] == "twilio-sender":
            mime_type, text = "application/json", await self._sender_json(uri, address[2])
        elif address[1] == "twilio-run":
            mime_type, text = "text/markdown", await self._run_markdown(uri, unquote(address[2]))
        else:
            mime_type, text = "text/markdown", _page_markdown(uri, unquote(address[2]))
        return _read(uri, mime_type, text)

    async def _sender_json(self, uri: str, reference: str) -> str:
        """Return the sender that ``reference`` names: a SID, after its account and a slash."""
        name, _, sid = reference.rpartition("/")
        account = await self._account(uri, unquote(name))
        try:
            read = await account.senders.fetch(_SID.validate_python(unquote(sid)))
        except ValidationError:
            raise _not_found(uri, "A sender's SID is XE and 32 hexadecimal digits") from None
        except TwilioError as error:
            if isinstance(error, Refused) and error.problem.http_status == _NOT_FOUND:
                raise _not_found(uri, "Twilio has no such sender") from None
            text = describe_failure(error).text
            raise MCPError(INTERNAL_ERROR, text, data={"uri": uri}) from None
        return pydantic_core.to_json(read.sender, indent=2).decode()

    async def _run_markdown(self, uri: str, run: str) -> str:
        from twilio_senders_mcp.tools.run_report import run_report  # noqa: PLC0415 - keeps startup fast

        try:
            if self._changes and _RUN.fullmatch(run):
                return await run_report(self._changes, run, several=self._accounts.several)
        except (UnknownRun, UnknownPlan):
            pass
        except ChangesError as error:
            text = describe_failure(error).text
            raise MCPError(INTERNAL_ERROR, text, data={"uri": uri}) from None
        raise _not_found(uri, "There is no such run")

    async def _account(self, uri: str, name: str) -> Account:
        """Return the account called ``name``, or the default one for an empty name."""
        if not name:
            return self._accounts.default
        try:
            if self._accounts.several:
                return await self._accounts.find(name)
        except UnknownAccount:
            pass
        raise _not_found(uri, "There is no such account")


def _read(uri: str, mime_type: str, text: str) -> ReadResourceResult:
    content = TextResourceContents(uri=uri, mime_type=mime_type, text=text)
    return ReadResourceResult(contents=[content])


def _page_markdown(uri: str, name: str) -> str:
    from twilio_senders_mcp.reference.library import library, normalize_path  # noqa: PLC0415 - keeps startup fast

    page = library().get(normalize_path(name))
    if page is None:
        raise _not_found(uri, "The reference has no such page")
    return page.markdown


def _page_resource(page: "Page") -> Resource:
    return Resource(
        uri=f"twilio-docs://{page.path}",
        name=page.path or "reference",
        title=page.title,
        description=page.summary,
        mime_type="text/markdown",
        size=len(page.markdown.encode()),
        annotations=_DOCS_ANNOTATIONS,
    )


def _not_found(uri: str, message: str) -> MCPError:
    return MCPError(INVALID_PARAMS, message, data={"uri": uri})


def _templates(uris: Collection[str]) -> list[ResourceTemplate]:
    """Return the templates with these URIs."""
    senders = ResourceTemplate(
        uri_template=SENDER_URI,
        name="sender",
        title="Twilio sender",
        description="One WhatsApp or RCS sender by its SID, as JSON: status, profile, webhooks.",
        mime_type="application/json",
        annotations=Annotations(audience=["user", "assistant"], priority=0.7),
    )
    known = [
        senders,
        senders.model_copy(update={"uri_template": SENDER_OF_ACCOUNT_URI}),
        ResourceTemplate(
            uri_template=RUN_URI,
            name="run",
            title="Run of changes",
            description="A run by its id: its state, what was planned, and what became of each "
            "sender.",
            mime_type="text/markdown",
            annotations=Annotations(audience=["user", "assistant"], priority=0.6),
        ),
        ResourceTemplate(
            uri_template=DOCS_URI,
            name="reference",
            title="Reference page",
            description="A page of the reference, such as topics/statuses or errors/63128.",
            mime_type="text/markdown",
            annotations=_DOCS_ANNOTATIONS,
        ),
    ]
    return [template for template in known if template.uri_template in uris]
