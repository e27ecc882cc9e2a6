"""Batches through Nightmail on a real model server, by each of the two APIs that it speaks.

The model's name chooses the way: `native-…` goes to the server's Messages API, `chat-…` to its Chat Completions API.
"""

import json
import os
import time

import anthropic
import pytest

REQUESTS = 200
NATIVE, CHAT = "native-tiny", "chat-tiny"
SCHEMA = {
    "type": "object",
    "properties": {"mood": {"type": "string", "enum": ["glad", "sad"]}, "sure": {"type": "boolean"}},
    "required": ["mood", "sure"],
    "additionalProperties": False,
}

WEATHER = {
    "name": "weather",
    "description": "The weather of a city",
    "input_schema": {
        "type": "object",
        "properties": {
            "city": {"type": "string", "enum": ["Oslo", "Rome"]},
            "days": {"type": "integer", "minimum": 1, "maximum": 9},
        },
        "required": ["city", "days"],
        "additionalProperties": False,
    },
}


@pytest.fixture(scope="module")
def client():
    with anthropic.Anthropic(base_url=os.environ["NIGHTMAIL_BASE_URL"], api_key="any-key", timeout=60) as client:
        yield client


@pytest.fixture(params=[NATIVE, CHAT])
def model(request):
    return request.param


def params(model, text, **more):
    return {"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": text}], **more}


def structured(schema):
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


def run(client, items):
    batch = client.messages.batches.create(requests=items)
    deadline = time.monotonic() + 120
    while batch.processing_status != "ended":
        assert time.monotonic() < deadline, batch.request_counts
        time.sleep(0.1)
        batch = client.messages.batches.retrieve(batch.id)
    results = {entry.custom_id: entry.result for entry in client.messages.batches.results(batch.id)}
    return batch, results


def test_every_request_of_a_batch_is_answered_by_the_model(client, model):
    items = []
    for i in range(REQUESTS):
        wanted = structured(SCHEMA) if i % 5 == 0 else {}
        items.append({"custom_id": f"request-{i}", "params": params(model, f"Say {i}, or 🎲.", **wanted)})

    batch, results = run(client, items)

    assert batch.request_counts.succeeded == REQUESTS
    assert results.keys() == {item["custom_id"] for item in items}
    for custom_id, result in results.items():
        assert result.type == "succeeded", custom_id
        message = result.message
        assert all(block.type == "text" for block in message.content)
        assert message.stop_reason in ("end_turn", "max_tokens")
        assert 0 < message.usage.output_tokens <= 100
        assert message.usage.service_tier == "batch"
        read = message.usage.cache_read_input_tokens or 0
        assert message.usage.input_tokens + read > 20, "the chat template alone is longer than that"


def test_a_shared_beginning_is_read_from_the_models_cache(client, model):
    rubric = f"Judge every word by its length and nothing else, says {model}. " * 4
    system = [{"type": "text", "text": rubric, "cache_control": {"type": "ephemeral"}}]
    items = [{"custom_id": f"shared-{i}", "params": params(model, f"Word {i}.", system=system)} for i in range(40)]

    _, results = run(client, items)

    read = [result.message.usage.cache_read_input_tokens or 0 for result in results.values()]
    assert max(read) > len(rubric) / 2, "most characters are a token here"


def test_a_prompt_longer_than_the_context_is_the_error_of_that_request_only(client, model):
    items = [
        {"custom_id": "short", "params": params(model, "Hello.")},
        {"custom_id": "long", "params": params(model, "hello " * 3_000)},
    ]

    _, results = run(client, items)

    assert results["short"].type == "succeeded"
    assert results["long"].type == "errored"
    assert results["long"].error.error.type == "invalid_request_error"


def test_a_single_call_is_answered_and_streamed(client, model):
    message = client.messages.create(**params(model, "Hello."))
    assert message.usage.output_tokens > 0

    # At temperature 0 for the native way: llama.cpp leaves message_start out when its first token is half a character.
    sampling = {"extra_body": {"temperature": 0}} if model == NATIVE else {}
    with client.messages.stream(**params(model, "Hello."), **sampling) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert final.content[0].text == text
    assert final.usage.output_tokens > 0
    assert final.usage.input_tokens + (final.usage.cache_read_input_tokens or 0) > 20


def test_a_schema_is_obeyed(client):
    items = [
        {"custom_id": f"mood-{i}", "params": params(CHAT, f"Are you glad, {i}?", **structured(SCHEMA))} for i in range(40)
    ]

    _, results = run(client, items)

    whole = [r.message for r in results.values() if r.message.stop_reason == "end_turn"]
    assert len(whole) > 10, "a random model may write spaces until it may write no more"
    for message in whole:
        answer = json.loads(message.content[0].text)
        assert answer.keys() == {"mood", "sure"}
        assert answer["mood"] in ("glad", "sad") and isinstance(answer["sure"], bool)


def assert_calls(message):
    calls = [block for block in message.content if block.type == "tool_use"]
    assert calls
    # The last one may have been cut short by max_tokens; it is then kept as it is.
    for call in calls if message.stop_reason == "tool_use" else calls[:-1]:
        assert call.name == "weather"
        assert call.input.keys() == {"city", "days"}
        assert call.input["city"] in ("Oslo", "Rome") and 1 <= call.input["days"] <= 9
    assert len({call.id for call in calls}) == len(calls)


def test_tools_are_called(client, model):
    more = {"max_tokens": 300, "tools": [WEATHER], "tool_choice": {"type": "any"}}
    items = [{"custom_id": f"call-{i}", "params": params(model, f"Weather {i}?", **more)} for i in range(8)]

    _, results = run(client, items)

    for result in results.values():
        assert_calls(result.message)


def test_the_tool_that_is_wanted_is_called(client):
    more = {"max_tokens": 500, "tools": [WEATHER], "tool_choice": {"type": "tool", "name": "weather"}}

    # A random model may end before it has said anything; rarely twice.
    for _ in range(5):
        message = client.messages.create(**params(CHAT, "Weather?", **more))
        if message.content:
            break

    assert_calls(message)


def test_calls_of_tools_are_streamed(client):
    more = {"max_tokens": 500, "tools": [WEATHER], "tool_choice": {"type": "any"}}
    pieces = 0
    with client.messages.stream(**params(CHAT, "Weather?", **more)) as stream:
        for event in stream:
            pieces += event.type == "input_json"
        assert_calls(stream.get_final_message())
    assert pieces > 2


def test_a_conversation_with_tools_is_understood(client):
    tool = {"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}
    conversation = [
        {"role": "user", "content": "Weather in Oslo?"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "rain"}]},
    ]
    items = [
        {"custom_id": f"tools-{i}", "params": params(CHAT, "", messages=conversation, tools=[tool])} for i in range(10)
    ]

    batch, _ = run(client, items)

    assert batch.request_counts.succeeded == len(items)


def test_tokens_are_counted_as_they_are_billed(client, model):
    asked = params(model, "How long is this? 🎲", system="Be brief.")
    usage = client.messages.create(**asked).usage
    del asked["max_tokens"]

    counted = client.messages.count_tokens(**asked)

    assert counted.input_tokens == usage.input_tokens + (usage.cache_read_input_tokens or 0)


def test_what_has_no_counterpart_is_refused_by_its_name(client):
    document = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "…"}}
    asked = params(CHAT, "", messages=[{"role": "user", "content": [document, {"type": "text", "text": "?"}]}])

    _, results = run(client, [{"custom_id": "document", "params": asked}])
    with pytest.raises(anthropic.BadRequestError) as refused:
        client.messages.create(**asked)

    assert results["document"].error.error.message.startswith("messages.0.content.0: ")
    assert refused.value.body["error"]["message"].startswith("messages.0.content.0: ")


def test_the_model_is_listed(client):
    assert "tiny-random" in [model.id for model in client.models.list()]
