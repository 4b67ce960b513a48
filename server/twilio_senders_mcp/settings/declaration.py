"""Every setting, declared once: for the environment, the flags, ``--help`` and the README.

The command-line support of pydantic-settings was tried in place of `.flags`. It accepts a flag for
every field, also for the secrets that ``--help`` hides; a flag that precedes ``http`` is lost
there; its errors are pydantic's; and importing it takes most of the 230 ms that ``--help`` then
needs. Dataclasses and parsers of our own need 50 ms, and word every error themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal, TypeVar, cast, get_args

from twilio_senders_mcp.accounts.configured import ConfiguredAccount

from .parsing import (
    account_sid,
    api_key,
    base_url,
    boolean,
    count,
    host_label,
    names,
    one_of,
    seconds,
    secret_in_file,
    state_place,
)

Confirm = Literal["ask", "always", "never"]
LogLevel = Literal["debug", "info", "warning", "error"]
T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """One environment variable, and its flag where it has one.

    ``parse`` reads a text without surrounding blanks and raises `UnusableValueError`.
    ``description`` is Markdown. ``flag`` is written as in the help, ``--timeout SECONDS``; one
    without a value means ``flag_text``. ``choices`` are all values, where there are few.
    """

    parse: Callable[[str], object]
    description: str
    default: object
    flag: str
    flag_text: str = "true"
    choices: tuple[str, ...] = ()

    @property
    def default_text(self) -> str:
        """The default as a person would write it; empty if there is none."""
        return "" if self.default in (None, ()) else str(self.default).lower().removesuffix(".0")


def _setting(
    parse: Callable[[str], T],
    description: str,
    *,
    default: T,
    flag: str = "",
    flag_text: str = "true",
    choices: tuple[str, ...] = (),
) -> T:
    """Declare the setting whose variable is named like the field, in capitals."""
    setting = Setting(parse, description, default, flag, flag_text, choices)
    return cast("Any", field(default=default, metadata={Setting: setting}))


@dataclass(frozen=True, kw_only=True, repr=False)
class AccountSettings:
    """What was given about a Twilio account, secrets included; `.credentials` resolves it."""

    twilio_account_sid: str | None = _setting(
        account_sid,
        "Account SID (`AC…`). Needed, with one of the two pairs below.",
        default=None,
    )
    twilio_api_key: str | None = _setting(
        api_key,
        "API key (`SK…`), used with its secret. Preferred: it can be revoked.",
        default=None,
    )
    twilio_api_secret: str | None = _setting(str, "Secret of the API key.", default=None)
    twilio_api_secret_file: str | None = _setting(
        secret_in_file, "File that holds the API key's secret.", default=None
    )
    twilio_auth_token: str | None = _setting(
        str, "Auth token, used where no API key is given.", default=None
    )
    twilio_auth_token_file: str | None = _setting(
        secret_in_file, "File that holds the auth token.", default=None
    )
    twilio_region: str | None = _setting(
        host_label,
        "Twilio region, such as `ie1`. Credentials belong to one region.",
        default=None,
        flag="--region REGION",
    )
    twilio_edge: str | None = _setting(
        host_label,
        "Twilio edge location, such as `dublin`.",
        default=None,
        flag="--edge EDGE",
    )
    twilio_base_url: str | None = _setting(
        base_url,
        "Address of the API instead of the one that region and edge give. "
        "`https`, or `http` to this machine.",
        default=None,
        flag="--base-url URL",
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """The server's settings: the accounts, resolved, and each variable as the field of its name.

    Times are in seconds. The first account is the default.
    """

    accounts: tuple[ConfiguredAccount, ...]
    twilio_senders_accounts_file: str | None = _setting(
        str,
        "TOML file of several Twilio accounts; it replaces the settings above.",
        default=None,
        flag="--accounts FILE",
    )
    twilio_senders_timeout: float = _setting(
        seconds(at_most=600),
        "Timeout of one request to Twilio, in seconds.",
        default=30.0,
        flag="--timeout SECONDS",
    )
    twilio_senders_total_timeout: float = _setting(
        seconds(at_least=1, at_most=600),
        "Timeout of one call, retries and waits included, in seconds.",
        default=45.0,
    )
    twilio_senders_connections: int = _setting(
        count(1, 1000), "Maximum number of connections to Twilio.", default=20
    )
    twilio_senders_poll: float = _setting(
        seconds(at_least=1, at_most=600),
        "Initial polling interval of `wait_for_sender`, in seconds.",
        default=15.0,
    )
    twilio_senders_read_only: bool = _setting(
        boolean, "Offer only the tools that read.", default=False, flag="--read-only"
    )
    twilio_senders_tools: tuple[str, ...] = _setting(
        names,
        "Offer only these tools, separated by commas.",
        default=(),
        flag="--tools NAMES",
    )
    twilio_senders_confirm: Confirm = _setting(  # noqa: RUF009 - a field
        one_of(*get_args(Confirm)),
        "Whether a person is asked before a sender is deleted, a WhatsApp name changes or a "
        "test webhook is sent: `ask` where the AI tool can, `always` (a tool that cannot ask is "
        "refused), or `never`.",
        default="ask",
        choices=get_args(Confirm),
    )
    twilio_senders_state: str | None = _setting(
        state_place,
        "Where plans and runs are kept: the path of a folder, or a `postgresql://` URL for servers "
        "on several machines. By default a folder of the user.",
        default=None,
        flag="--state PLACE",
    )
    twilio_senders_pace: float = _setting(
        seconds(at_most=100),
        "Maximum number of changes per second and account in a run.",
        default=2.0,
    )
    twilio_senders_keep_days: int = _setting(
        count(1, 3650), "How long plans and runs are kept, in days.", default=30
    )
    twilio_senders_probe: bool | None = _setting(
        boolean,
        "Whether `check_sender` may open the addresses of a sender from this machine. True, but "
        "over HTTP false, unless it is set.",
        default=None,
        flag="--no-probe",
        flag_text="false",
    )
    twilio_senders_http_connections: int = _setting(
        count(2, 100_000),
        "Over HTTP: maximum number of open connections. Lowered automatically where the "
        "process may open few files.",
        default=200,
    )
    twilio_senders_http_calls: int = _setting(
        count(1, 100_000),
        "Over HTTP: maximum number of MCP requests in progress; a further one gets HTTP 503.",
        default=50,
    )
    twilio_senders_http_body_limit: int = _setting(
        count(1000, 100_000_000),
        "Over HTTP: maximum size of a request's body, in bytes; a larger one gets HTTP 413.",
        default=1_048_576,
    )
    twilio_senders_http_header_timeout: float = _setting(
        seconds(at_most=3600),
        "Over HTTP: how long the header of a request may take, in seconds.",
        default=10.0,
    )
    twilio_senders_http_body_timeout: float = _setting(
        seconds(at_most=3600),
        "Over HTTP: how long the body of a request may take, in seconds.",
        default=30.0,
    )
    twilio_senders_http_idle_timeout: int = _setting(
        count(1, 3600),
        "Over HTTP: how long a connection is kept between two requests, in seconds.",
        default=60,
    )
    twilio_senders_http_sessions: int = _setting(
        count(1, 10_000),
        "Over HTTP: maximum number of sessions, which only clients older than MCP 2026-07-28 "
        "open; a further one gets HTTP 503.",
        default=200,
    )
    twilio_senders_http_session_timeout: float = _setting(
        seconds(at_least=1, at_most=86_400),
        "Over HTTP: how long a session is kept that has no request and no open stream, in seconds.",
        default=1800.0,
    )
    twilio_senders_sandbox_step: float = _setting(
        seconds(at_most=3600), "How long one status lasts in the sandbox, in seconds.", default=2.0
    )
    twilio_senders_sandbox_accounts: bool = _setting(
        boolean,
        "With `--sandbox`: manage the sandbox's main account and its subaccounts, as with an "
        "accounts file.",
        default=False,
        flag="--sandbox-accounts",
    )
    twilio_senders_log_level: LogLevel = _setting(  # noqa: RUF009 - a field
        one_of(*get_args(LogLevel)),
        "What is logged on stderr: `debug`, `info`, `warning` or `error`.",
        default="warning",
        flag="--log-level LEVEL",
        choices=get_args(LogLevel),
    )


def _declared(of: type[AccountSettings | Settings]) -> dict[str, Setting]:
    return {
        field.name: field.metadata[Setting] for field in fields(of) if Setting in field.metadata
    }


ACCOUNT_SETTINGS: Final = _declared(AccountSettings)
ACCOUNTS_FILE: Final = "twilio_senders_accounts_file"
SETTINGS: Final = ACCOUNT_SETTINGS | _declared(Settings)
"""Every setting by its name: that of its variable, in lower case."""
