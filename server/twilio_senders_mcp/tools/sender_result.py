"""The shape of a result: what every tool's structured content has, and one sender beside it."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict


class AnyResult(TypedDict, total=False):
    """What the structured content of every tool begins with.

    Many clients hand a model nothing but the structured content, so it stands alone.
    """

    summary: str
    next: Annotated[str, Field(description="The next step, if there is one.")]
    sandbox: Annotated[bool, Field(description="True: nothing real happens.")]


class SenderResult(AnyResult):
    """The result of a tool on one sender."""

    sender: Annotated[dict[str, Any], Field(description="As Twilio sent it, without nulls.")]
