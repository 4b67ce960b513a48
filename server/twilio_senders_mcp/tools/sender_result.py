"""The structured content of results: the keys that all tools share, and a sender."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict


class AnyResult(TypedDict, total=False):
    """The keys that the structured content of every tool begins with.

    Many clients give a model only the structured content, so it must be complete in itself.
    """

    summary: str
    next: Annotated[str, Field(description="The next step, if there is one.")]
    sandbox: Annotated[bool, Field(description="True: nothing real happens.")]


class SenderResult(AnyResult):
    """The result of a tool for one sender."""

    sender: Annotated[dict[str, Any], Field(description="As Twilio sent it, without nulls.")]
