"""The values of the Senders API: strings, identifiers and enumerations, each with its check.

Sources: as in `.requests`.
"""

import re
from typing import Annotated, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    AnyUrl,
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    TypeAdapter,
    UrlConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

_HTTP_URL = TypeAdapter[AnyUrl](
    Annotated[AnyUrl, UrlConstraints(allowed_schemes=["http", "https"], host_required=True)]
)
_ABSOLUTE = re.compile(r"https?://[^\s/?#\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*", re.IGNORECASE)
_CODE_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")
_CODE = re.compile(r"[0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

# The checks below as patterns that any reader of JSON Schema applies. They are in the schemas of
# requests only, which is Pydantic's mode "serialization": what a tool accepts costs every model
# tokens, and its checks have better messages.
_PRINTABLE_SCHEMA = WithJsonSchema(
    {"type": "string", "pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"},
    mode="serialization",
)
_URL_PATTERN = r"[hH][tT][tT][pP][sS]?://[^\s/?#\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*"


def _check_printable(text: str) -> str:
    """Refuse control characters other than tabs and line breaks."""
    if _CONTROL.search(text):
        raise PydanticCustomError("control_character", "expected text without control characters")
    return text


def _check_unicode(text: str) -> str:
    """Refuse a lone surrogate, which cannot be encoded as UTF-8 and so cannot be sent."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("unicode_text", "expected valid Unicode text") from None
    return text


def _check_absolute_url(url: str) -> str:
    """Return ``url`` exactly as given, because a parsed URL would be normalized."""
    try:
        if _ABSOLUTE.fullmatch(url):
            _HTTP_URL.validate_python(url)
            return url
    except ValidationError:
        pass
    raise PydanticCustomError("absolute_url", "expected an absolute http(s) URL")


def _check_url_or_empty(url: str) -> str:
    return _check_absolute_url(url) if url else url


def _strip_code(code: object) -> str:
    """Remove separators: Meta shows the code as ``123-830`` and expects it without the hyphen."""
    if isinstance(code, str):
        return _CODE_SEPARATORS.sub("", code)
    raise PydanticCustomError("verification_code", "expected digits, as text")


def _check_code(code: SecretStr) -> SecretStr:
    if _CODE.fullmatch(code.get_secret_value()):
        return code
    raise PydanticCustomError("verification_code", "expected digits")


AnyText = Annotated[str, AfterValidator(_check_unicode)]
"""Any string that can be encoded as UTF-8."""

Text = Annotated[AnyText, AfterValidator(_check_printable), _PRINTABLE_SCHEMA]
"""A string without control characters other than tabs and line breaks."""

SENDER_SID: Final = r"^XE[0-9a-fA-F]{32}$"
SENDER_ID: Final = r"^(whatsapp:\+[1-9][0-9]{6,14}|rcs:[!-~]{1,255})$"
APPLICATION_SID: Final = r"^(AP[0-9a-fA-F]{32})?$"

SenderSid = Annotated[str, Field(pattern=SENDER_SID, description="The sender's SID (XE…).")]
"""Identifies one sender; Twilio documents length 34 and this pattern."""

SenderId = Annotated[
    str,
    Field(pattern=SENDER_ID, description="whatsapp:+E.164 or rcs:agent."),
]
"""A WhatsApp number or an RCS agent, prefixed with its channel."""

Channel = Literal["whatsapp", "rcs"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)

ApplicationSid = Annotated[str, Field(pattern=APPLICATION_SID)]
"""The SID of a TwiML application, or ``""``."""

AbsoluteUrl = Annotated[
    str,
    AfterValidator(_check_absolute_url),
    WithJsonSchema({"type": "string", "pattern": f"^{_URL_PATTERN}$"}, mode="serialization"),
]
"""An absolute http(s) URL, sent exactly as the caller wrote it."""

UrlOrEmpty = Annotated[
    str,
    AfterValidator(_check_url_or_empty),
    WithJsonSchema({"type": "string", "pattern": f"^({_URL_PATTERN})?$"}, mode="serialization"),
]
"""An absolute http(s) URL, or ``""``. Twilio's own Python library cannot send null, so its users
can empty a field only with the empty string."""

VerificationCode = Annotated[
    SecretStr,
    BeforeValidator(_strip_code),
    AfterValidator(_check_code),
    PlainSerializer(SecretStr.get_secret_value, when_used="json"),
    WithJsonSchema({"type": "string"}, mode="validation"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+$"}, mode="serialization"),
]
"""The one-time code of a registration. It leaves this process only in a request body."""

WebhookMethod = Literal["POST", "PUT"]
VerificationMethod = Literal["sms", "voice"]
AccountType = Literal["ISV", "ISVSubAccount", ""]
"""An account type, or ``""``, which clears it (documented by Twilio)."""

PublishedAccountType = Annotated[
    AccountType,
    # Gemini's API refuses a whole request if an empty string is among the allowed values.
    WithJsonSchema(
        {"type": "string", "enum": [name for name in get_args(AccountType) if name]},
        mode="validation",
    ),
]

UseCase = Literal["PROMOTIONAL", "TRANSACTIONAL", "OTP", "MULTI_USE"]
Vertical = Literal[
    "Alcohol",
    "Automotive",
    "Beauty, Spa and Salon",
    "Clothing and Apparel",
    "Education",
    "Entertainment",
    "Event Planning and Service",
    "Finance and Banking",
    "Food and Grocery",
    "Hotel and Lodging",
    "Matrimony Service",
    "Medical and Health",
    "Non-profit",
    "OTC Drugs",
    "Online Gambling",
    "Other",
    "Physical Gambling",
    "Professional Services",
    "Public Service",
    "Restaurant",
    "Shopping and Retail",
    "Travel and Transportation",
]
"""Twilio's 22 business categories, in Twilio's spelling (five were added on 2026-02-18)."""
