"""What the tests of faults have in common."""

import pytest
import stamina

ATTEMPTS = 2


@pytest.fixture(autouse=True)
def no_waiting():
    """Retries follow at once, and there are fewer of them."""
    with stamina.set_testing(True, attempts=ATTEMPTS, cap=True):
        yield


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """No test sees the proxy of the machine it runs on."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
