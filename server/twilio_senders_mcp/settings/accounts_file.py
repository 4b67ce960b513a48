"""The accounts file: several Twilio accounts in TOML.

The file itself contains no secret. It names the file or the environment variable that holds each.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from twilio_senders_mcp.accounts.configured import ConfiguredAccount
from twilio_senders_mcp.twilio.credentials import Credentials
from twilio_senders_mcp.twilio.hosts import TwilioAddress

from .credentials import reader
from .parsing import account_sid, api_key, base_url, host_label, secret_in_file
from .problems import SettingsError, UnusableValueError, did_you_mean

_VARIABLE: Final = "TWILIO_SENDERS_ACCOUNTS_FILE"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_SID: Final = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_PLACE: Final = re.compile(r"at line (\d+), column (\d+)")
_DESCRIPTION_MAX: Final = 200
_ROOT_KEYS: Final = ("default", "accounts")
_KEYS: Final = (
    "account_sid",
    "auth_token_file",
    "auth_token_env",
    "api_key",
    "api_secret_file",
    "api_secret_env",
    "description",
    "subaccounts",
    "region",
    "edge",
    "base_url",
    "read_only",
)


def read_accounts_file(path: Path, environment: Mapping[str, str]) -> tuple[ConfiguredAccount, ...]:
    """Return the accounts of the file, the default one first.

    Raises:
        SettingsError: naming the file, the account and the key of each problem.

    """
    content = _load(path)
    entries: object = content.get("accounts")
    if not isinstance(entries, dict) or not entries:
        raise SettingsError([f"{path}: expected at least one table [accounts.NAME]"])
    tables = cast("dict[str, object]", entries)
    problems = [
        f"{_shown(key)}: unknown key{did_you_mean(key, _ROOT_KEYS)}"
        for key in content
        if key not in _ROOT_KEYS
    ]
    accounts: dict[str, ConfiguredAccount] = {}
    for name, table in tables.items():
        where = f"accounts.{_shown(name)}"
        if not isinstance(table, dict):
            problems.append(f"{where}: expected a table [accounts.NAME]")
            continue
        reading = _AccountReader(name, cast("dict[str, object]", table), path.parent, environment)
        account = reading.account()
        problems += [f"{where}{text}" for text in reading.problems]
        if account is not None:
            accounts[name] = account
    problems += _repeated_sids(accounts)
    default: object = content.get("default", next(iter(tables)))
    if default not in tables:
        problems.append(f"default: there is no such account{did_you_mean(str(default), tables)}")
    if problems:
        raise SettingsError([f"{path}: {problem}" for problem in problems])
    return tuple(sorted(accounts.values(), key=lambda account: account.name != default))


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        where = f": line {place[1]}, column {place[2]}" if place else ""
        raise SettingsError([f"{path}: the file is not valid TOML{where}"]) from None
    except (OSError, ValueError):  # ValueError: no UTF-8, or a path with a null character
        # The name is not repeated: it may be a secret in the wrong place.
        raise SettingsError([f"{_VARIABLE}: the file cannot be read"]) from None


def _repeated_sids(accounts: Mapping[str, ConfiguredAccount]) -> list[str]:
    """Name the accounts that stand in the file twice, of which one might not be read-only."""
    first: dict[str, str] = {}
    problems: list[str] = []
    for name, account in accounts.items():
        other = first.setdefault(account.sid, name)
        if other != name:
            problems.append(f"accounts.{name}.account_sid: accounts.{other} has the same one")
    return problems


class _AccountReader:
    """Reads one table of the file, and collects what is wrong with it.

    Each problem begins with the key, ``.region: …``, or with a colon if it concerns the account.
    """

    def __init__(
        self, name: str, table: dict[str, object], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.problems: list[str] = []
        self._name = name
        self._table = table
        self._folder = folder
        self._environment = environment

    def account(self) -> ConfiguredAccount | None:
        """Return the account, or None if there are problems."""
        if not _NAME.fullmatch(self._name) or _SID.fullmatch(self._name):
            self.problems.append(
                ": expected a name of at most 60 letters, digits and . _ -, which is not a SID"
            )
        for key in self._table:
            if key not in _KEYS:
                self._refuse_key(key)
        sid = self._text("account_sid", account_sid)
        if "account_sid" not in self._table:
            self.problems.append(".account_sid: required")
        key = self._text("api_key", api_key)
        secret, file = self._secret()
        address = TwilioAddress(
            region=self._text("region", host_label),
            edge=self._text("edge", host_label),
            base_url=self._text("base_url", base_url),
        )
        description = self._text("description", _description) or ""
        subaccounts, read_only = self._flag("subaccounts"), self._flag("read_only")
        if self.problems or sid is None or secret is None:
            return None
        credentials = Credentials(sid, secret, api_key=key)
        return ConfiguredAccount(
            name=self._name,
            credentials=credentials,
            read_again=reader(credentials, file) if file else None,
            secret_file=file,
            address=address,
            description=description,
            subaccounts=subaccounts,
            read_only=read_only,
        )

    def _refuse_key(self, key: str) -> None:
        if key in ("auth_token", "api_secret"):
            text = (
                f"the file must not contain a secret; give {key}_file, a file that holds it, "
                f"or {key}_env, an environment variable"
            )
        else:
            text = f"unknown key{did_you_mean(key, _KEYS)}"
        self.problems.append(f".{_shown(key)}: {text}")

    def _text(self, key: str, parse: Callable[[str], str]) -> str | None:
        value = self._table.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.problems.append(f".{key}: expected text")
            return None
        try:
            return parse(value.strip())
        except UnusableValueError as error:
            self.problems.append(f".{key}: {error}")
            return None

    def _flag(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            self.problems.append(f".{key}: expected true or false")
        return value is True

    def _secret(self) -> tuple[str | None, str | None]:
        """Return the secret, and the path of the file that it was read from."""
        kind, other = "auth_token", "api_secret"
        if "api_key" in self._table:
            kind, other = other, kind
        ways, wrong = [f"{kind}_file", f"{kind}_env"], [f"{other}_file", f"{other}_env"]
        reason = "api_key needs api_secret" if kind == "api_secret" else "it needs api_key"
        self.problems += [f".{way}: {reason}" for way in wrong if way in self._table]
        given = [way for way in ways if way in self._table]
        if len(given) != 1:
            choice = f"{ways[0]} or {ways[1]}"
            self.problems.append(f": give {choice}{', not both' if given else ''}")
            return None, None
        if given[0].endswith("_env"):
            return self._text(given[0], self._variable), None
        path = self._text(given[0], lambda text: str(self._folder / Path(text).expanduser()))
        return self._text(given[0], lambda _: secret_in_file(path or "")), path

    def _variable(self, name: str) -> str:
        if value := self._environment.get(name, "").strip():
            return value
        raise UnusableValueError("this environment variable is not set")


def _description(text: str) -> str:
    if len(text) > _DESCRIPTION_MAX or not text.isprintable():
        raise UnusableValueError(
            f"expected one line of at most {_DESCRIPTION_MAX} printable characters"
        )
    return text


def _shown(key: str) -> str:
    """Return a key if it looks like one; otherwise it may be a secret and is not repeated."""
    return key if _NAME.fullmatch(key) and not re.search(r"\d{4}", key) else "(key not shown)"
