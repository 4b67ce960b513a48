"""The responses of Twilio's Senders API, as ``TypedDict``s that validate nothing.

They describe what Twilio is known to send; an unknown field or a future status passes through
unchanged. The sources are those of `.requests`; the display-name fields come from the official
``twilio`` library 9.13.0.
"""

from typing import Annotated

from pydantic import Field, JsonValue
from typing_extensions import TypedDict


class ResponseEmail(TypedDict, total=False):
    """One entry of ``profile.emails`` as Twilio sends it."""

    email: str
    label: str


class ResponseWebsite(TypedDict, total=False):
    """One entry of ``profile.websites`` as Twilio sends it."""

    website: str
    label: str


class ResponsePhoneNumber(TypedDict, total=False):
    """One entry of ``profile.phone_numbers`` as Twilio sends it."""

    phone_number: str
    label: str


class ResponseConfiguration(TypedDict, total=False):
    """``configuration`` as Twilio sends it; the verification code is never passed on."""

    waba_id: str | None
    verification_method: str | None
    verification_code: None
    voice_application_sid: str | None
    account_type: str | None


class ResponseWebhook(TypedDict, total=False):
    """``webhook`` as Twilio sends it."""

    callback_url: str | None
    callback_method: str | None
    fallback_url: str | None
    fallback_method: str | None
    status_callback_url: str | None
    status_callback_method: str | None


class ResponseProfile(TypedDict, total=False):
    """``profile`` as Twilio sends it; the RCS fields are null for a WhatsApp sender."""

    name: str | None
    about: str | None
    address: str | None
    description: str | None
    emails: list[ResponseEmail] | None
    logo_url: str | None
    vertical: str | None
    websites: list[ResponseWebsite] | None
    banner_url: str | None
    privacy_url: str | None
    terms_of_service_url: str | None
    accent_color: str | None
    phone_numbers: list[ResponsePhoneNumber] | None
    use_case: str | None


class Properties(TypedDict, total=False):
    """What the channel grants the sender; present when a sender is fetched or listed."""

    quality_rating: str | None
    messaging_limit: str | None


class OfflineReason(TypedDict, total=False):
    """Why a sender is offline. ``code`` is a string and does not always have five digits."""

    code: str | None
    message: str | None
    more_info: str | None


class Sender(TypedDict, total=False):
    """A sender as Twilio sends it.

    Which keys are present depends on the operation. ``properties``, ``offline_reasons``, ``url``
    and the pending name are present when the sender is fetched; ``display_name_status`` is present
    only in the response to an update of ``profile.name``. ``compliance`` is for RCS.
    """

    sid: str | None
    status: Annotated[
        str,
        Field(
            description="CREATING, PENDING_VERIFICATION (send the code), VERIFYING, ONLINE, "
            "ONLINE:UPDATING (usable), OFFLINE, TWILIO_REVIEW, DRAFT, STUBBED or newer."
        ),
    ]
    sender_id: Annotated[str | None, Field(description="whatsapp:+E.164 or rcs:agent.")]
    friendly_name: str | None
    configuration: ResponseConfiguration | None
    webhook: ResponseWebhook | None
    profile: ResponseProfile | None
    properties: Properties | None
    offline_reasons: list[OfflineReason | None] | None
    compliance: dict[str, JsonValue] | None
    url: str | None
    display_name_status: Annotated[
        str, Field(description="New name: updating, pending_review, no_change, error.")
    ]
    pending_display_name: str
    pending_display_name_status: str
    pending_display_name_status_date: str


class ListMeta(TypedDict, total=False):
    """Where a page of a list stands among the others."""

    page: int
    page_size: int
    first_page_url: str
    previous_page_url: str | None
    url: str
    next_page_url: Annotated[str | None, Field(description="Null on the last page.")]
    key: str


class SendersList(TypedDict, total=False):
    """One page of the senders of a channel."""

    senders: list[Sender]
    meta: ListMeta


class ErrorResponse(TypedDict, total=False):
    """The body of a refusal or a failure. Twilio publishes no schema for it; any key may lack."""

    code: Annotated[int, Field(description="Twilio's error code.")]
    message: str
    more_info: Annotated[str, Field(description="The address of Twilio's page about the code.")]
    status: Annotated[int, Field(description="The HTTP status.")]
