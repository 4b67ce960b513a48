"""The argument `account`, which the tools have where the server manages several Twilio accounts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Final, cast, get_type_hints

from pydantic import MISSING, Field, create_model
from typing_extensions import TypedDict

from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.values import AnyText

from .optional_text import text_of
from .tool import AnyTool

ALL_ACCOUNTS: Final = "*"
"""The value that stands for all accounts."""

_NAME_MAX: Final = 100


class InAccount(StrictModel):
    """Which account a call is about: a name or a SID. It is no part of a request to Twilio."""

    account: Annotated[
        AnyText | None | MISSING,
        Field(exclude=True, max_length=_NAME_MAX, description="Name from list_accounts."),
    ] = MISSING


class InAnyAccount(InAccount):
    """Which account a call is about, or that it is about all of them."""

    account: Annotated[
        AnyText | None | MISSING,
        Field(
            exclude=True,
            max_length=_NAME_MAX,
            description="Name from list_accounts, or * for all.",
        ),
    ] = MISSING


def with_account(tool: AnyTool) -> AnyTool:
    """Return the tool as a server with several accounts offers it."""
    if tool.accounts == "none":
        return replace(
            tool,
            arguments=tool.arguments_of_accounts or tool.arguments,
            result=tool.result_of_accounts or tool.result,
        )
    bases = (InAnyAccount if tool.accounts == "all" else InAccount, tool.arguments)
    return replace(
        tool,
        arguments=create_model(tool.arguments.__name__, __base__=bases),
        result=tool.result_of_accounts or _with_account(tool.result),
    )


def _with_account(result: type[Any]) -> type[Any]:
    """Return the ``TypedDict`` with the key ``account``."""
    keys = {**get_type_hints(result, include_extras=True), "account": str}
    # Type checkers accept only a literal as the keys.
    create = cast("Callable[..., type[Any]]", TypedDict)
    return create(result.__name__, keys, total=False)


def account_of(arguments: object) -> str:
    """Return the account that the arguments name, empty if they name none."""
    return text_of(getattr(arguments, "account", None))
