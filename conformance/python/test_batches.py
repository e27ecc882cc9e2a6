"""The life of a batch through the SDK, in the stable and the beta namespace."""

import datetime

import anthropic
import pytest
from workload import LONG_BATCH, MODEL, params, requests, results_by_id, run, total, wait_until_ended


def test_a_batch_gives_one_result_for_every_request(batches):
    created = batches.create(requests=requests(3))

    assert created.id.startswith("msgbatch_")
    assert created.type == "message_batch"
    assert created.processing_status == "in_progress"
    assert total(created.request_counts) == 3
    assert created.expires_at - created.created_at == datetime.timedelta(hours=24)
    assert (created.ended_at, created.cancel_initiated_at, created.archived_at, created.results_url) == (None,) * 4

    ended = wait_until_ended(batches, created.id)

    assert ended.id == created.id
    assert ended.created_at == created.created_at
    assert ended.ended_at >= created.created_at
    assert ended.request_counts.to_dict() == {
        "processing": 0, "succeeded": 3, "errored": 0, "canceled": 0, "expired": 0,
    }  # fmt: skip

    results = results_by_id(batches, created.id)
    assert sorted(results) == ["request-0", "request-1", "request-2"]
    for result in results.values():
        assert result.type == "succeeded"
        message = result.message
        assert message.id.startswith("msg_")
        assert (message.type, message.role, message.model) == ("message", "assistant", MODEL)
        assert message.content[0].type == "text"
        assert message.content[0].text
        assert message.stop_reason in ("end_turn", "max_tokens")
        assert message.usage.input_tokens > 0
        assert 0 < message.usage.output_tokens <= 64
        assert message.usage.service_tier == "batch"


def test_two_thousand_results_are_joined_by_custom_id(batches):
    items = requests(2_000, prefix="joined")

    batch, results = run(batches, items)

    assert batch.request_counts.succeeded == 2_000
    assert results.keys() == {item["custom_id"] for item in items}
    assert {result.type for result in results.values()} == {"succeeded"}
    message_ids = {result.message.id for result in results.values()}
    assert len(message_ids) == 2_000


def test_the_counts_add_up_while_the_batch_runs(batches):
    batch = batches.create(requests=requests(2_000, prefix="counted"))
    while True:
        seen = batches.retrieve(batch.id)
        assert total(seen.request_counts) == 2_000
        if seen.processing_status == "ended":
            break
        assert seen.ended_at is None
        assert seen.results_url is None
    assert seen.request_counts.processing == 0


def test_a_fresh_batch_is_found_at_once(batches):
    batch = batches.create(requests=requests(1))
    assert batches.retrieve(batch.id).id == batch.id
    assert batches.list(limit=1).data[0].id == batch.id


def test_the_list_pages_from_new_to_old_and_back(batches):
    ids = [batches.create(requests=requests(1, prefix=f"listed-{i}")).id for i in range(5)]
    newest_first = ids[::-1]

    first = batches.list(limit=2)
    assert [b.id for b in first.data] == newest_first[:2]
    assert (first.first_id, first.last_id, first.has_more) == (newest_first[0], newest_first[1], True)

    older = batches.list(limit=2, after_id=first.last_id)
    assert [b.id for b in older.data] == newest_first[2:4]

    newer = batches.list(limit=2, before_id=newest_first[4])
    assert [b.id for b in newer.data] == newest_first[2:4], "the page next to the cursor, newest first inside"
    assert newer.has_more is True

    newest = batches.list(limit=2, before_id=newest_first[2])
    assert [b.id for b in newest.data] == newest_first[:2]
    assert newest.has_more is False

    none = batches.list(before_id=newest_first[0])
    assert (none.data, none.has_more, none.first_id, none.last_id) == ([], False, None, None)


def test_automatic_paging_sees_every_batch_once_in_both_directions(batches):
    ids = [batches.create(requests=requests(1, prefix=f"paged-{i}")).id for i in range(7)]

    all_of_them = [b.id for b in batches.list(limit=3)]
    assert len(all_of_them) == len(set(all_of_them))
    assert all_of_them[:7] == ids[::-1]

    older = [b.id for b in batches.list(limit=2, after_id=ids[6])]
    assert older == all_of_them[1:]

    newer = [b.id for b in batches.list(limit=2, before_id=ids[0])]
    assert len(newer) == len(set(newer))
    assert set(newer) == set(ids[1:])


def test_cancelling_twice_gives_the_same_batch(batches):
    batch = batches.create(requests=requests(LONG_BATCH, prefix="canceled"))

    first = batches.cancel(batch.id)
    assert first.id == batch.id
    assert first.cancel_initiated_at is not None
    assert first.processing_status == "canceling"
    try:
        second = batches.cancel(batch.id)
        assert second.cancel_initiated_at == first.cancel_initiated_at
    except anthropic.BadRequestError:
        # The last request in flight was quicker than we; then the refusal is right.
        assert batches.retrieve(batch.id).processing_status == "ended"

    ended = wait_until_ended(batches, batch.id)
    assert ended.cancel_initiated_at == first.cancel_initiated_at
    assert ended.request_counts.canceled > 0
    assert ended.request_counts.canceled + ended.request_counts.succeeded == LONG_BATCH
    results = results_by_id(batches, batch.id)
    assert len(results) == LONG_BATCH
    assert sum(result.type == "canceled" for result in results.values()) == ended.request_counts.canceled


def test_an_ended_batch_cannot_be_canceled(batches):
    batch, _ = run(batches, requests(1))
    with pytest.raises(anthropic.BadRequestError) as refused:
        batches.cancel(batch.id)
    assert refused.value.body["error"]["type"] == "invalid_request_error"
    assert batches.retrieve(batch.id).cancel_initiated_at is None


def test_a_running_batch_cannot_be_deleted_an_ended_one_can(batches):
    running = batches.create(requests=requests(LONG_BATCH, prefix="deleted"))
    with pytest.raises(anthropic.BadRequestError) as refused:
        batches.delete(running.id)
    assert refused.value.body["error"]["type"] == "invalid_request_error"

    batches.cancel(running.id)
    wait_until_ended(batches, running.id)
    deleted = batches.delete(running.id)

    assert (deleted.id, deleted.type) == (running.id, "message_batch_deleted")
    for call in (batches.retrieve, batches.delete, batches.cancel, batches.results):
        with pytest.raises(anthropic.NotFoundError):
            call(running.id)
    assert running.id not in [b.id for b in batches.list(limit=100).data]


def test_the_results_of_a_running_batch_are_refused_by_the_sdk_itself(batches):
    running = batches.create(requests=requests(LONG_BATCH, prefix="early"))
    with pytest.raises(anthropic.AnthropicError, match="results_url"):
        batches.results(running.id)
    batches.cancel(running.id)
    wait_until_ended(batches, running.id)


def test_bad_params_become_the_errored_result_of_that_request_only(batches):
    without_max_tokens = params()
    del without_max_tokens["max_tokens"]
    without_messages = params()
    del without_messages["messages"]
    items = [
        {"custom_id": "good", "params": params()},
        {"custom_id": "no-max-tokens", "params": without_max_tokens},
        {"custom_id": "no-messages", "params": without_messages},
        {"custom_id": "zero-max-tokens", "params": params(max_tokens=0)},
        {"custom_id": "empty", "params": {}},
    ]

    batch, results = run(batches, items)

    assert results.pop("good").type == "succeeded"
    assert batch.request_counts.to_dict() == {
        "processing": 0, "succeeded": 1, "errored": 4, "canceled": 0, "expired": 0,
    }  # fmt: skip
    for custom_id, result in results.items():
        assert result.type == "errored", custom_id
        assert result.error.type == "error"
        assert result.error.error.type == "invalid_request_error"
        assert result.error.error.message
    assert "max_tokens" in results["no-max-tokens"].error.error.message
    assert "messages" in results["no-messages"].error.error.message


def test_sampling_parameters_are_judged_by_the_version_the_batch_was_created_with(batches, sdk_major):
    _, results = run(batches, [{"custom_id": "warm", "params": params(temperature=0.5)}])

    if sdk_major == 1:
        assert results["warm"].type == "succeeded"
    else:
        assert results["warm"].type == "errored"
        assert results["warm"].error.error.type == "invalid_request_error"
        assert "temperature" in results["warm"].error.error.message


TRICKY_TEXTS = {
    "emoji": "👩‍👩‍👧‍👦 says 🎉",
    "line-separators": "a\u2028b\u2029c\u0085d",
    "controls": "tab\t, newline\n, return\r, bell\u0007, nul\u0000",
    "right-to-left": "שלום مرحبا",
    "astral": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "quotes": '"quoted" \\ and / and </script>',
    "long": "night mail " * 40_000,
}


def test_any_text_travels_and_every_row_stays_one_line(batches):
    items = [{"custom_id": name, "params": params(text)} for name, text in TRICKY_TEXTS.items()]

    batch, results = run(batches, items)

    assert results.keys() == TRICKY_TEXTS.keys()
    assert batch.request_counts.succeeded == len(TRICKY_TEXTS)
    # The longest prompt counts for what it is: it arrived whole.
    assert results["long"].message.usage.input_tokens > 20 * results["emoji"].message.usage.input_tokens


def test_a_schema_is_obeyed(batches):
    import json

    schema = {
        "type": "object",
        "properties": {"mood": {"type": "string", "enum": ["glad", "sad"]}, "sure": {"type": "boolean"}},
        "required": ["mood", "sure"],
        "additionalProperties": False,
    }
    wanted = params("How do you feel?", output_config={"format": {"type": "json_schema", "schema": schema}})

    _, results = run(batches, [{"custom_id": f"mood-{i}", "params": wanted} for i in range(20)])

    for result in results.values():
        answer = json.loads(result.message.content[0].text)
        assert answer.keys() == {"mood", "sure"}
        assert answer["mood"] in ("glad", "sad")
        assert isinstance(answer["sure"], bool)


def test_a_forced_tool_is_called(batches):
    tool = {
        "name": "record_city",
        "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    }
    wanted = params("Which city?", tools=[tool], tool_choice={"type": "tool", "name": "record_city"})

    _, results = run(batches, [{"custom_id": "forced", "params": wanted}])

    message = results["forced"].message
    assert message.stop_reason == "tool_use"
    call = next(block for block in message.content if block.type == "tool_use")
    assert call.name == "record_city"
    assert isinstance(call.input["city"], str)


def test_custom_ids_of_every_allowed_form_come_back_unchanged(batches):
    ids = ["a", "Z", "0", "-", "_", "x" * 64, "Mixed-Case_09"]
    _, results = run(batches, [{"custom_id": i, "params": params()} for i in ids])
    assert results.keys() == set(ids)


def test_unknown_beta_values_are_no_error(client):
    created = client.beta.messages.batches.create(requests=requests(1), betas=["nightmail-unheard-of-2031-01-01"])
    assert wait_until_ended(client.beta.messages.batches, created.id).request_counts.succeeded == 1


def test_every_answer_names_its_request(batches):
    raw = batches.with_raw_response.create(requests=requests(1))
    assert raw.headers["request-id"].startswith("req_")
    assert raw.parse().id.startswith("msgbatch_")
