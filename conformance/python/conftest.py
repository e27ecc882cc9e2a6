"""Where the server is, and the SDK's clients for it."""

import os

import anthropic
import pytest
from workload import SDK_MAJOR


def pytest_configure(config):
    if not os.environ.get("NIGHTMAIL_BASE_URL"):
        pytest.exit("set NIGHTMAIL_BASE_URL to the URL of a running Nightmail server", returncode=2)


def pytest_report_header(config):
    return f"anthropic {anthropic.__version__} against {os.environ['NIGHTMAIL_BASE_URL']}"


@pytest.fixture(scope="session")
def base_url():
    return os.environ["NIGHTMAIL_BASE_URL"].rstrip("/")


@pytest.fixture(scope="session")
def api_key():
    return os.environ.get("NIGHTMAIL_API_KEY") or "any-key"


@pytest.fixture(scope="session")
def client(base_url, api_key):
    with anthropic.Anthropic(base_url=base_url, api_key=api_key, timeout=60) as client:
        yield client


@pytest.fixture(params=["stable", "beta"])
def batches(request, client):
    """Both doors to the batches: the namespace `messages` and `beta.messages`."""
    return client.messages.batches if request.param == "stable" else client.beta.messages.batches


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def sdk_major():
    return SDK_MAJOR
