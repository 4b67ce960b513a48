"""Twilio's error responses in the classic format."""

from pydantic import JsonValue

BAD_PARAMETER = 20001
AUTHENTICATION = 20003
METHOD_NOT_ALLOWED = 20004
ACCOUNT_NOT_ACTIVE = 20005
NOT_FOUND = 20404
VALIDATION = 63100
ALREADY_REGISTERED = 63110
NOT_VERIFIED = 63113
NAME_CHANGE_PENDING = 63128


class ApiError(Exception):
    """Twilio refuses a request; no part of it has been applied."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def payload(self) -> dict[str, JsonValue]:
        """Return the JSON body of the response."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def not_found(path: str) -> ApiError:
    """Return the error for a path or a sender that does not exist."""
    return ApiError(404, NOT_FOUND, f"The requested resource {path} was not found")


def invalid(field: str, problem: str) -> ApiError:
    """Return the error for a body that fails validation; the message names only ``field``."""
    return ApiError(400, VALIDATION, f"{field} {problem}")
