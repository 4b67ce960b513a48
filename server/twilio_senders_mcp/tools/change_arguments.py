"""The arguments of `plan_changes`: which senders, and one kind of change."""

from typing import Annotated, Final, Self

from pydantic import MISSING, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from twilio_senders_mcp.changes import SENDERS_MAX
from twilio_senders_mcp.twilio.requests import StrictModel
from twilio_senders_mcp.twilio.schema import UNPUBLISHED
from twilio_senders_mcp.twilio.values import AnyText, Channel, SenderSid

from .sender_changes import SenderChanges
from .sender_reference import SenderReference

_ACCOUNT: Final = Field(max_length=100, description="Name from list_accounts, or * for all.")


class SelectedSenders(StrictModel):
    """Senders by their SIDs, or by channel, query and status."""

    sids: Annotated[list[SenderSid] | MISSING, Field(min_length=1, max_length=SENDERS_MAX)] = (
        MISSING
    )
    channel: Channel | MISSING = MISSING
    query: Annotated[AnyText | MISSING, Field(max_length=100)] = MISSING
    status: Annotated[AnyText | MISSING, Field(max_length=100)] = MISSING

    @model_validator(mode="after")
    def _require_one_way(self) -> Self:
        by_query = {"channel", "query", "status"} & self.model_fields_set
        if ("sids" in self.model_fields_set) == bool(by_query):
            raise PydanticCustomError("one_selection", "sids, or channel, query and status")
        return self


class SelectedSendersOfAccounts(SelectedSenders):
    """The same in one account or in all of them."""

    account: Annotated[AnyText | MISSING, _ACCOUNT] = MISSING


class HostReplacement(StrictModel):
    """One host instead of another, in every webhook URL that has it."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    old: Annotated[AnyText, Field(alias="from", max_length=260)]
    new: Annotated[AnyText, Field(alias="to", max_length=260)]


class Row(SenderChanges, SenderReference):
    """One sender and its own changes."""


class RowOfAccounts(Row):
    """The same with the sender's account."""

    account: Annotated[AnyText | MISSING, Field(exclude=True, max_length=100)] = MISSING


_KINDS: Final = ("set", "replace_host", "rows", "undo", "plan")


class PlanChangesArguments(StrictModel):
    """What to change on which senders, or which plan to show."""

    senders: Annotated[
        SelectedSenders | None | MISSING, Field(description="Needed with set and replace_host.")
    ] = MISSING
    set: Annotated[
        SenderChanges | None | MISSING,
        Field(
            description="The same fields for all: arguments of update_sender without sid.",
            json_schema_extra={UNPUBLISHED: True},
        ),
    ] = MISSING
    replace_host: Annotated[
        HostReplacement | None | MISSING, Field(description="A host in webhook URLs.")
    ] = MISSING
    rows: Annotated[
        list[Row] | None | MISSING,
        Field(
            min_length=1,
            max_length=SENDERS_MAX,
            description="Fields per sender: each as arguments of update_sender, with sid.",
            json_schema_extra={UNPUBLISHED: True},
        ),
    ] = MISSING
    undo: Annotated[
        AnyText | None | MISSING, Field(max_length=100, description="A run to take back.")
    ] = MISSING
    plan: Annotated[
        AnyText | None | MISSING, Field(max_length=100, description="A plan to show again.")
    ] = MISSING
    page_token: Annotated[
        AnyText | None | MISSING, Field(max_length=100, description="With plan.")
    ] = MISSING

    @model_validator(mode="after")
    def _require_one_kind(self) -> Self:
        given = [kind for kind in _KINDS if kind in self.model_fields_set]
        if len(given) != 1:
            raise PydanticCustomError("one_change", "exactly one of several")
        if given[0] in ("set", "replace_host"):
            if "senders" not in self.model_fields_set:
                raise PydanticCustomError("senders_needed", "senders")
        elif "senders" in self.model_fields_set:
            raise PydanticCustomError("senders_not_needed", "no senders")
        if "page_token" in self.model_fields_set and given[0] != "plan":
            raise PydanticCustomError("page_of_plan", "plan")
        return self


class PlanChangesOfAccountsArguments(PlanChangesArguments):
    """The same where there are several accounts."""

    senders: Annotated[  # pyright: ignore[reportIncompatibleVariableOverride] - the model is only read
        SelectedSendersOfAccounts | None | MISSING,
        Field(description="Needed with set and replace_host."),
    ] = MISSING
    rows: Annotated[  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        list[RowOfAccounts] | None | MISSING,
        Field(
            min_length=1,
            max_length=SENDERS_MAX,
            description="Fields per sender: each as arguments of update_sender, with sid and "
            "account.",
            json_schema_extra={UNPUBLISHED: True},
        ),
    ] = MISSING
