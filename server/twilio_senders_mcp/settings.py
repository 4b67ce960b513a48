"""Every setting, read once from the environment and the command line, documented once.

The README's table is generated from the fields below. Nothing else reads the environment.
"""

import difflib
import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .tools.catalog import TOOL_NAMES

_OWN_PREFIX: Final = "TWILIO_SENDERS_"
_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}")
_TOOL_NAME: Final = re.compile(r"[a-z_]{1,60}")
_SID: Final = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_HOST_LABEL: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class SettingsError(Exception):
    """Settings that cannot be used; ``problems`` are lines for a person, each naming one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` can only be this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _account_sid(value: str) -> str:
    if _SID.fullmatch(value) and value.startswith("AC"):
        return value
    if value.startswith("SK"):
        raise _shape_error(
            "this is an API key (SK…); put it into TWILIO_API_KEY, and the account SID here"
        )
    raise _shape_error("expected an account SID: AC and 32 hexadecimal digits")


def _api_key(value: str) -> str:
    if _SID.fullmatch(value) and value.startswith("SK"):
        return value
    if value.startswith("AC"):
        raise _shape_error("this is an account SID (AC…); an API key begins with SK")
    raise _shape_error("expected an API key: SK and 32 hexadecimal digits")


def _host_label(value: str) -> str:
    if _HOST_LABEL.fullmatch(value):
        return value
    raise _shape_error("expected a name such as ie1 or dublin")


def _split(value: object) -> object:
    return [name.strip() for name in value.split(",")] if isinstance(value, str) else value


def _tool_names(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in TOOL_NAMES:
            nearest = difflib.get_close_matches(name, TOOL_NAMES, n=1)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            shown = name if _TOOL_NAME.fullmatch(name) else "(odd name)"
            raise _shape_error(f"unknown tool {shown}{hint}")
    return names


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _base_url(value: str) -> str:
    try:
        url = urlsplit(value)
        host = url.hostname
        _ = url.port
    except ValueError:
        host, url = None, urlsplit("")
    odd = "@" in url.netloc or url.query or url.fragment or not value.isascii() or " " in value
    if not host or odd:
        raise _shape_error("expected an address such as https://host.example")
    if url.scheme == "https" or (url.scheme == "http" and is_loopback(host)):
        return value.rstrip("/")
    raise _shape_error(
        "expected https; http only to this machine, since credentials travel with it"
    )


class Settings(BaseSettings):
    """The server's settings; each field is the environment variable of the same name."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        frozen=True,
    )

    twilio_account_sid: Annotated[
        Annotated[str, AfterValidator(_account_sid)] | None,
        Field(description="Account SID (`AC…`). Needed, with one of the two pairs below."),
    ] = None
    twilio_api_key: Annotated[
        Annotated[str, AfterValidator(_api_key)] | None,
        Field(description="API key (`SK…`), used with its secret. Preferred: it can be revoked."),
    ] = None
    twilio_api_secret: Annotated[SecretStr | None, Field(description="Secret of the API key.")] = (
        None
    )
    twilio_api_secret_file: Annotated[
        Path | None, Field(description="File that holds the API key's secret.")
    ] = None
    twilio_auth_token: Annotated[
        SecretStr | None, Field(description="Auth token, used where no API key is given.")
    ] = None
    twilio_auth_token_file: Annotated[
        Path | None, Field(description="File that holds the auth token.")
    ] = None
    twilio_region: Annotated[
        Annotated[str, AfterValidator(_host_label)] | None,
        Field(description="Twilio region, such as `ie1`. Credentials belong to one region."),
    ] = None
    twilio_edge: Annotated[
        Annotated[str, AfterValidator(_host_label)] | None,
        Field(description="Twilio edge location, such as `dublin`."),
    ] = None
    twilio_base_url: Annotated[
        Annotated[str, AfterValidator(_base_url)] | None,
        Field(
            description="Address of the API instead of the one that region and edge give. "
            "`https`, or `http` to this machine."
        ),
    ] = None
    twilio_senders_timeout: Annotated[
        float, Field(gt=0, le=600, description="Seconds for one request to Twilio.")
    ] = 30.0
    twilio_senders_total_timeout: Annotated[
        float, Field(ge=1, le=600, description="Seconds for one call, retries and waits included.")
    ] = 45.0
    twilio_senders_poll: Annotated[
        float,
        Field(
            ge=1, le=600, description="Seconds between two looks of `wait_for_sender`, at first."
        ),
    ] = 15.0
    twilio_senders_read_only: Annotated[
        bool,
        Field(description="`true` leaves only the tools that read. Flag: `--read-only`."),
    ] = False
    twilio_senders_tools: Annotated[
        Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_tool_names)],
        Field(description="Only these tools, separated by commas. Flag: `--tools`."),
    ] = ()
    twilio_senders_confirm: Annotated[
        Literal["ask", "always", "never"],
        BeforeValidator(_lower),
        Field(
            description="Whether a person is asked before a sender is deleted or a WhatsApp name "
            "changes: `ask` where the AI tool can, `always` (a tool that cannot ask is refused), "
            "or `never`."
        ),
    ] = "ask"
    twilio_senders_sandbox_step: Annotated[
        float,
        Field(gt=0, le=3600, description="Seconds that one status lasts in the sandbox."),
    ] = 2.0
    twilio_senders_log_level: Annotated[
        Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)],
        Field(description="What is logged on stderr: `debug`, `info`, `warning` or `error`."),
    ] = "warning"

    @model_validator(mode="before")
    @classmethod
    def _prepare(cls, values: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in values.items() if not _is_placeholder(value)}
        for secret in _SECRETS:
            if file := given.get(f"{secret}_file"):
                if secret in given:
                    raise _shape_error(f"set {secret.upper()} or {secret.upper()}_FILE, not both")
                given[secret] = _read_secret(secret, str(file))
        return given

    def missing_credentials(self) -> str | None:
        """Say what to set before Twilio can be called; None where nothing is missing."""
        missing = [] if self.twilio_account_sid else ["TWILIO_ACCOUNT_SID"]
        if self.twilio_api_key or self.twilio_api_secret:
            missing += [] if self.twilio_api_key else ["TWILIO_API_KEY"]
            missing += [] if self.twilio_api_secret else ["TWILIO_API_SECRET"]
        elif not self.twilio_auth_token:
            missing += ["TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET)"]
        if not missing:
            return None
        sentence = f"Set {' and '.join(missing)} in the environment of this server."
        unexpanded = [
            name
            for name, value in os.environ.items()
            if name.lower() in Settings.model_fields and _is_placeholder(value)
        ]
        if unexpanded:
            names = " and ".join(unexpanded)
            sentence += f" The client that started it did not expand ${{…}} in {names}."
        return " ".join([sentence, *_mistyped_credentials()])


_SECRETS: Final = ("twilio_api_secret", "twilio_auth_token")


def load_settings(*, account: bool = True, **flags: object) -> Settings:
    """Return the settings: flags that are not None, then the environment, then the defaults.

    Without ``account`` all that concerns a Twilio account is ignored, right or wrong: the sandbox
    needs none of it.

    Raises:
        SettingsError: naming each setting that cannot be used, and each mistyped one of ours.

    """
    problems = _unknown_names()
    given: dict[str, Any] = {name: value for name, value in flags.items() if value is not None}
    if not account:
        own = _OWN_PREFIX.lower()
        given |= {name: None for name in Settings.model_fields if not name.startswith(own)}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        problems += [_problem(detail) for detail in error.errors(include_input=False)]
        raise SettingsError(problems) from None
    if problems:
        raise SettingsError(problems)
    return settings


def allows_color() -> bool:
    """Tell whether the environment allows colour on a terminal.

    ``NO_COLOR`` forbids it unless it is empty (https://no-color.org), and so does a terminal that
    ``TERM`` calls dumb or does not name at all.
    """
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") not in ("", "dumb")


def _mistyped_credentials() -> list[str]:
    """Name variables of the environment that look like a credential's name misspelt."""
    known = [name.upper() for name in Settings.model_fields]
    nearest = {
        name: difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.85)
        for name in os.environ
        if name.upper().startswith("TWILIO_") and name.upper() not in known
    }
    return [f"{name} is set; did you mean {near[0]}?" for name, near in nearest.items() if near]


def _unknown_names() -> list[str]:
    known = [name.upper() for name in Settings.model_fields]
    problems: list[str] = []
    for name in os.environ:
        if name.upper().startswith(_OWN_PREFIX) and name.upper() not in known:
            nearest = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            problems.append(f"{name}: unknown setting{hint}")
    return problems


def _problem(detail: ErrorDetails) -> str:
    name = str(detail["loc"][0]).upper() if detail["loc"] else ""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "shape":
            text = detail["msg"]
        case "literal_error":
            text = f"expected one of {context['expected']}"
        case "greater_than" | "greater_than_equal" | "less_than_equal" | "float_parsing":
            text = _limits(name.lower())
        case "bool_parsing":
            text = "expected true or false"
        case _:
            text = "not valid"
    return f"{name}: {text}" if name else text


def _limits(field: str) -> str:
    """Word the bounds of a number, which are seconds for all of them."""
    bounds = {type(bound).__name__: bound for bound in Settings.model_fields[field].metadata}
    lowest = f"from {bounds['Ge'].ge}" if "Ge" in bounds else "above 0"
    return f"expected a number of seconds, {lowest} to {bounds['Le'].le}"


def _is_placeholder(value: object) -> bool:
    return isinstance(value, str) and _PLACEHOLDER.fullmatch(value.strip()) is not None


def _read_secret(name: str, file: str) -> str:
    try:
        secret = Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise _shape_error(f"{name.upper()}_FILE: the file cannot be read") from None
    if not secret:
        raise _shape_error(f"{name.upper()}_FILE: the file is empty")
    return secret


def _shape_error(text: str) -> PydanticCustomError:
    return PydanticCustomError("shape", "{text}", {"text": text})
