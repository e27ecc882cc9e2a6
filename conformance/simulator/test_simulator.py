"""The SDK against a service that has limits, takes its time and fails when it is told to."""

import functools
import json
import os
import subprocess

import anthropic
import pytest

MODEL = "claude-haiku-4-5"


@pytest.fixture(scope="module")
def simulator():
    """Starts a simulator with settings, or gives the one that has them, and stops them all as a person would."""
    started = []

    @functools.cache
    def url(*settings):
        command = [os.environ["NIGHTMAIL"], "simulator", "--port", "0", "--json"]
        for setting in settings:
            command += ["--set", setting]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        ready = process.stdout.readline()
        assert ready, "the simulator did not start"
        return json.loads(ready)["url"]

    def client(*settings, **options):
        return anthropic.Anthropic(base_url=url(*settings), api_key="any", timeout=60, **options)

    yield client
    for process in started:
        process.terminate()
        assert process.wait(60) == 0
        process.stdout.close()


def ask(prompt="Hello. How are you?", **fields):
    return {"model": MODEL, "max_tokens": 200, "messages": [{"role": "user", "content": prompt}], **fields}


def test_a_message_is_answered_and_says_that_it_is_simulated(simulator):
    message = simulator().messages.create(**ask())

    assert message.content[0].text.startswith("[simulated] ")
    assert message.stop_reason == "end_turn"
    assert message._request_id.startswith("req_")


def test_a_rate_limit_is_told_in_headers(simulator):
    client = simulator("requests-per-minute=1", "input-tokens-per-minute=50000", max_retries=0)
    answered = client.messages.with_raw_response.create(**ask())
    assert answered.headers["anthropic-ratelimit-requests-limit"] == "1"
    assert answered.headers["anthropic-ratelimit-requests-remaining"] == "0"
    assert answered.headers["anthropic-ratelimit-input-tokens-remaining"] == "50000"

    with pytest.raises(anthropic.RateLimitError) as refused:
        client.messages.create(**ask())

    assert refused.value.body["error"]["type"] == "rate_limit_error"
    assert 1 <= int(refused.value.response.headers["retry-after"]) <= 60
    assert refused.value.response.headers["x-should-retry"] == "true"
    assert refused.value.request_id == refused.value.body["request_id"]


def test_after_as_long_as_it_is_told_the_sdk_comes_through(simulator):
    client = simulator("requests-per-minute=60", "limit-burst=1s")
    client.messages.create(**ask())

    again = client.messages.with_raw_response.create(**ask())

    assert again.retries_taken == 1
    assert again.parse().content[0].text


def test_a_stream_is_written_token_by_token(simulator):
    client = simulator("first-token=200ms", "per-output-token=5ms", "output-tokens=60")

    with client.messages.stream(**ask()) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()

    assert len(pieces) > 5
    assert "".join(pieces) == final.content[0].text
    assert final.usage.output_tokens == 60


def test_a_prompt_is_read_from_the_cache_once_an_answer_to_it_began(simulator):
    client = simulator("first-token=100ms")
    rules = [{"type": "text", "text": "Judge by these rules. " * 1_000, "cache_control": {"type": "ephemeral"}}]

    first = client.messages.create(**ask(system=rules)).usage
    second = client.messages.create(**ask("And now?", system=rules)).usage

    assert first.cache_creation_input_tokens > 4_096
    assert first.cache_read_input_tokens == 0
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens
    assert second.cache_creation_input_tokens == 0


@pytest.mark.parametrize("fault", ["overloaded", "api", "cut", "unreachable"])
def test_a_fault_that_passes_costs_a_retry(simulator, fault):
    client = simulator()

    answer = client.messages.with_raw_response.create(**ask(f"nightmail-simulate:error={fault};times=1"))

    assert answer.retries_taken == 1
    assert answer.parse().content[0].text


def test_a_fault_that_stays_is_what_it_would_be_of_the_real_service(simulator):
    client = simulator("faults=error=overloaded", max_retries=0)

    with pytest.raises(anthropic.APIStatusError) as failed:
        client.messages.create(**ask())

    assert failed.value.status_code == 529
    assert failed.value.body["error"]["type"] == "overloaded_error"


def test_a_stream_that_breaks_off_is_no_answer(simulator):
    client = simulator(max_retries=0)

    with pytest.raises(Exception) as broken:
        with client.messages.stream(**ask("nightmail-simulate:error=cut")) as stream:
            stream.get_final_message()

    # A reset, which no proxy takes for a proper end; some versions of the SDK's HTTP client say so in their own words.
    told = str(broken.value)
    assert "reset by peer" in told or "peer closed connection" in told or isinstance(broken.value, anthropic.APIConnectionError)


def test_tokens_are_counted_and_models_listed(simulator):
    client = simulator()

    assert client.messages.count_tokens(model=MODEL, messages=[{"role": "user", "content": "Hello."}]).input_tokens > 0
    listed = [model.id for model in client.models.list(limit=5)]
    assert client.models.retrieve(listed[-1]).id == listed[-1]


def test_batches_are_elsewhere(simulator):
    with pytest.raises(anthropic.NotFoundError, match="nightmail serve"):
        simulator().messages.batches.list()
