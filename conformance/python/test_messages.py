"""Single calls: messages, plain and streamed, token counts, models."""

import pytest
from workload import MODEL, params


@pytest.fixture(params=["stable", "beta"])
def messages(request, client):
    return client.messages if request.param == "stable" else client.beta.messages


def test_a_message_is_answered(messages):
    message = messages.create(**params("Say hello."))

    assert message.id.startswith("msg_")
    assert (message.type, message.role, message.model) == ("message", "assistant", MODEL)
    assert message.content[0].text
    assert message.stop_reason in ("end_turn", "max_tokens")
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens > 0
    assert message._request_id.startswith("req_")


def test_a_streamed_message_has_its_events_in_order(messages):
    events = [e for e in messages.create(**params("Tell a story."), stream=True) if e.type != "ping"]

    kinds = [event.type for event in events]
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert set(kinds[2:-3]) == {"content_block_delta"}
    start, block = events[0].message, events[1]
    assert (start.content, start.stop_reason) == ([], None)
    assert start.usage.input_tokens > 0
    assert (block.index, block.content_block.type, block.content_block.text) == (0, "text", "")
    assert "".join(e.delta.text for e in events if e.type == "content_block_delta")
    assert events[-2].delta.stop_reason in ("end_turn", "max_tokens")
    assert events[-2].usage.output_tokens > 0


def test_the_pieces_of_a_stream_make_the_final_message(messages):
    with messages.stream(**params("Count to ten, with emoji: 🔟.")) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()

    assert "".join(pieces) == final.content[0].text
    assert final.stop_reason in ("end_turn", "max_tokens")
    assert final.usage.output_tokens > 0


def test_tokens_are_counted_and_grow_with_the_text(messages):
    def count(text):
        return messages.count_tokens(model=MODEL, messages=[{"role": "user", "content": text}]).input_tokens

    short, long = count("hello"), count("hello " * 1_000)
    assert 0 < short < long


def test_models_are_listed_and_found(client):
    listed = list(client.models.list(limit=1))
    assert len({m.id for m in listed}) == len(listed) >= 1
    assert all(m.type == "model" for m in listed)

    first = listed[0]
    assert client.models.retrieve(first.id).id == first.id
    assert first.display_name
    assert first.created_at is not None


def test_models_are_listed_in_the_beta_namespace_too(client):
    assert {m.id for m in client.beta.models.list()} == {m.id for m in client.models.list()}
