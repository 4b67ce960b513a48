"""Asking a person before something that is hard to undo, where the client can ask.

The SDK carries the question in either era: as a request to the client on older connections, as an
interim result since 2026-07-28. A client that cannot ask gets no question, and no error either.
"""

from typing import Any, Final

from mcp.server.elicitation import AcceptedElicitation
from mcp.server.mcpserver import Context, ElicitationResult
from pydantic import BaseModel, Field

from .failure import Declined

_ASKS_BY_RESULT: Final = "2026-07-28"


class Confirmation(BaseModel):
    """The one field of the form that a person sees."""

    confirm: bool = Field(default=True, title="Yes, do it")


NOT_ASKED: Final = Confirmation()


def can_ask(context: Context[Any, Any]) -> bool:
    """Tell whether the client can show a form now."""
    capabilities = context.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    # A client that names neither mode means the form, the older of the two.
    form = elicitation is not None and (elicitation.form is not None or elicitation.url is None)
    asks_by_result = (context.protocol_version or "") >= _ASKS_BY_RESULT
    return form and (asks_by_result or context.session.can_send_request)


def require_consent(outcome: ElicitationResult[Confirmation], what: str) -> None:
    """Go on if the person agreed or was not asked.

    Raises:
        Declined: if the person said no or closed the question.

    """
    if not (isinstance(outcome, AcceptedElicitation) and outcome.data.confirm):
        raise Declined(what)
