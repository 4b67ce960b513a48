"""The bodies of requests to Twilio's Senders API, field by field, as strict models.

An unknown key, an invalid value or a malformed URL is refused before anything is sent. `MISSING`
means omitted and never appears in the JSON. ``None`` is sent as null; ``""`` and ``[]`` are sent
unchanged. How Twilio treats null is not documented, and its own libraries never send it.

Sources: Twilio's OpenAPI file ``twilio_messaging_v2`` (2026-04-14) and, where it is newer, the
official ``twilio`` library 9.13.0 (``friendly_name``, ``use_case``). Lengths and sizes in
descriptions are Meta's and Google's; Twilio's contract sets none.
"""

from typing import Annotated, Final, Self

from pydantic import MISSING, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from .values import (
    AbsoluteUrl,
    ApplicationSid,
    PublishedAccountType,
    SenderId,
    Text,
    UrlOrEmpty,
    UseCase,
    VerificationCode,
    VerificationMethod,
    Vertical,
    WebhookMethod,
)


class StrictModel(BaseModel):
    """A model that refuses unknown keys and whose errors never contain the input.

    It is the base of everything a caller passes in: request bodies and tool arguments. Its
    validator is built when it is first used, because few models are used in one process.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)


class Configuration(StrictModel):
    """How a WhatsApp sender is registered and verified."""

    waba_id: Annotated[
        Text | None | MISSING, Field(description="WhatsApp Business Account ID.")
    ] = MISSING
    verification_method: Annotated[
        VerificationMethod | None | MISSING, Field(description="How the code is sent; default sms.")
    ] = MISSING
    verification_code: Annotated[
        VerificationCode | None | MISSING,
        Field(description="The code received, digits as text. Never returned."),
    ] = MISSING
    voice_application_sid: Annotated[
        ApplicationSid | None | MISSING, Field(description="TwiML app for WhatsApp calls.")
    ] = MISSING
    account_type: Annotated[
        PublishedAccountType | None | MISSING, Field(description='ISV migration; "" clears.')
    ] = MISSING


class Webhook(StrictModel):
    """The URLs that Twilio calls for a sender's messages."""

    callback_url: Annotated[
        UrlOrEmpty | None | MISSING, Field(description="Receives inbound messages.")
    ] = MISSING
    callback_method: Annotated[
        WebhookMethod | None | MISSING, Field(description="For callback_url.")
    ] = MISSING
    fallback_url: Annotated[
        UrlOrEmpty | None | MISSING, Field(description="Called when callback_url fails.")
    ] = MISSING
    fallback_method: Annotated[
        WebhookMethod | None | MISSING, Field(description="For fallback_url.")
    ] = MISSING
    status_callback_url: Annotated[
        UrlOrEmpty | None | MISSING, Field(description="Receives message delivery statuses.")
    ] = MISSING
    status_callback_method: Annotated[
        # Twilio documents no allowed values for this field.
        Text | None | MISSING,
        Field(description="Usually POST."),
    ] = MISSING


class Email(StrictModel):
    """One e-mail address of a profile."""

    email: Annotated[Text, Field(description="Address.")]
    label: Annotated[Text, Field(description="Its label.")] = "Email"


class Website(StrictModel):
    """One web site of a profile."""

    website: Annotated[AbsoluteUrl, Field(description="URL.")]
    label: Annotated[Text, Field(description="Its label.")] = "Website"


class PhoneNumber(StrictModel):
    """One phone number of an RCS profile."""

    phone_number: Annotated[Text, Field(description="E.164")]
    label: Annotated[Text | MISSING, Field(description="Its label.")] = MISSING


RCS_FIELDS: Final = frozenset(
    {
        "banner_url",
        "privacy_url",
        "terms_of_service_url",
        "accent_color",
        "phone_numbers",
        "use_case",
    }
)
WHATSAPP_FIELDS: Final = frozenset({"about", "address", "vertical"})
"""Profile fields that the other channel does not have."""


class Profile(StrictModel):
    """The public profile of a sender."""

    name: Annotated[
        Text | None | MISSING,
        Field(
            description="Display name, 1-255 characters. WhatsApp: reviewed by Meta; the old name "
            "stays until approved; changes are limited."
        ),
    ] = MISSING
    about: Annotated[Text | None | MISSING, Field(description="WhatsApp. 1-139 characters.")] = (
        MISSING
    )
    address: Annotated[Text | None | MISSING, Field(description="WhatsApp. Up to 256.")] = MISSING
    description: Annotated[Text | None | MISSING, Field(description="Up to 512.")] = MISSING
    emails: Annotated[
        list[Email] | None | MISSING, Field(description="WhatsApp keeps one, up to 128.")
    ] = MISSING
    logo_url: Annotated[
        UrlOrEmpty | None | MISSING,
        Field(
            description="Public square image. WhatsApp: JPG/PNG, from 192 px, up to 5 MB. "
            "RCS: 224 px, 50 kB."
        ),
    ] = MISSING
    vertical: Annotated[
        Vertical | None | MISSING, Field(description="WhatsApp. Business category.")
    ] = MISSING
    websites: Annotated[list[Website] | None | MISSING, Field(description="WhatsApp: up to 2.")] = (
        MISSING
    )
    banner_url: Annotated[
        UrlOrEmpty | None | MISSING, Field(description="RCS. Image, 1440x448, 200 kB.")
    ] = MISSING
    privacy_url: Annotated[
        UrlOrEmpty | None | MISSING, Field(description="RCS. Required to launch.")
    ] = MISSING
    terms_of_service_url: Annotated[
        UrlOrEmpty | None | MISSING, Field(description="RCS. Required to launch.")
    ] = MISSING
    accent_color: Annotated[
        Text | None | MISSING, Field(description="RCS. #RRGGBB, contrast 4.5:1 on white.")
    ] = MISSING
    phone_numbers: Annotated[list[PhoneNumber] | None | MISSING, Field(description="RCS.")] = (
        MISSING
    )
    use_case: Annotated[UseCase | None | MISSING, Field(description="RCS. Fixed after launch.")] = (
        MISSING
    )


class SenderFields(StrictModel):
    """The fields that a create and an update have in common."""

    friendly_name: Annotated[
        Text | None | MISSING, Field(description="Label in the Twilio Console only.")
    ] = MISSING
    configuration: Annotated[
        Configuration | None | MISSING, Field(description="Registration and verification.")
    ] = MISSING
    webhook: Annotated[
        Webhook | None | MISSING,
        Field(description="Where Twilio calls you. URLs are absolute http(s)."),
    ] = MISSING
    profile: Annotated[
        Profile | None | MISSING,
        Field(description="What people see. A list replaces the whole list."),
    ] = MISSING


class UpdateSender(SenderFields):
    """The body of ``POST /v2/Channels/Senders/{Sid}``; omitted fields are left unchanged.

    At least one field is required. A section given as null counts; an empty section does not.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"minProperties": 1}}}
                for name in SenderFields.model_fields
            ]
        }
    )

    @model_validator(mode="after")
    def _require_a_change(self) -> Self:
        for name in SenderFields.model_fields.keys() & self.model_fields_set:
            section = getattr(self, name)
            if not isinstance(section, StrictModel) or section.model_fields_set:
                return self
        raise PydanticCustomError("nothing_to_change", "expected at least one field to change")


class _NewSender(StrictModel):
    sender_id: SenderId


class CreateSender(SenderFields, _NewSender):
    """The body of ``POST /v2/Channels/Senders``."""
