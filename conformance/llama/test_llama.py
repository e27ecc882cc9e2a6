"""A batch through Nightmail on a real model server that speaks the Messages API itself."""

import os
import time

import anthropic
import pytest

REQUESTS = 50
SCHEMA = {
    "type": "object",
    "properties": {"mood": {"type": "string", "enum": ["glad", "sad"]}, "sure": {"type": "boolean"}},
    "required": ["mood", "sure"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def client():
    with anthropic.Anthropic(base_url=os.environ["NIGHTMAIL_BASE_URL"], api_key="any-key", timeout=60) as client:
        yield client


def params(text, **more):
    return {"model": "tiny-random", "max_tokens": 100, "messages": [{"role": "user", "content": text}], **more}


def run(client, items):
    batch = client.messages.batches.create(requests=items)
    deadline = time.monotonic() + 120
    while batch.processing_status != "ended":
        assert time.monotonic() < deadline, batch.request_counts
        time.sleep(0.1)
        batch = client.messages.batches.retrieve(batch.id)
    results = {entry.custom_id: entry.result for entry in client.messages.batches.results(batch.id)}
    return batch, results


def test_every_request_of_a_batch_is_answered_by_the_model(client):
    items = []
    for i in range(REQUESTS):
        wanted = {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}} if i % 5 == 0 else {}
        items.append({"custom_id": f"request-{i}", "params": params(f"Say {i}, or 🎲.", **wanted)})

    batch, results = run(client, items)

    assert batch.request_counts.succeeded == REQUESTS
    assert results.keys() == {item["custom_id"] for item in items}
    for custom_id, result in results.items():
        assert result.type == "succeeded", custom_id
        message = result.message
        assert message.content[0].type == "text"
        assert message.stop_reason in ("end_turn", "max_tokens")
        assert 0 < message.usage.output_tokens <= 100
        read = message.usage.cache_read_input_tokens or 0
        assert message.usage.input_tokens + read > 20, "the chat template alone is longer than that"


def test_a_shared_beginning_is_read_from_the_models_cache(client):
    rubric = "Judge every word by its length and nothing else. " * 5
    system = [{"type": "text", "text": rubric, "cache_control": {"type": "ephemeral"}}]
    items = [{"custom_id": f"shared-{i}", "params": params(f"Word {i}.", system=system)} for i in range(40)]

    _, results = run(client, items)

    read = [result.message.usage.cache_read_input_tokens or 0 for result in results.values()]
    assert max(read) > len(rubric) / 2, "most characters are a token here"


def test_a_prompt_longer_than_the_context_is_the_error_of_that_request_only(client):
    items = [
        {"custom_id": "short", "params": params("Hello.")},
        {"custom_id": "long", "params": params("hello " * 3_000)},
    ]

    _, results = run(client, items)

    assert results["short"].type == "succeeded"
    assert results["long"].type == "errored"
    assert results["long"].error.error.type == "invalid_request_error"


def test_a_single_call_is_answered_and_streamed(client):
    message = client.messages.create(**params("Hello."))
    assert message.usage.output_tokens > 0

    # At temperature 0: llama.cpp leaves message_start out when its first token is half a character.
    with client.messages.stream(**params("Hello.", temperature=0)) as stream:
        text = "".join(stream.text_stream)
        assert stream.get_final_message().content[0].text == text
