"""What the client did wrong arrives as the SDK's own exception classes, with the field named."""

import anthropic
import pytest
from workload import params, requests

UNKNOWN_BATCH = "msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d"


def refused(batches, items):
    with pytest.raises(anthropic.BadRequestError) as refusal:
        batches.create(requests=items)
    error = refusal.value
    assert error.status_code == 400
    assert error.body["type"] == "error"
    assert error.body["error"]["type"] == "invalid_request_error"
    assert error.request_id is not None and error.request_id.startswith("req_")
    assert error.body["request_id"] == error.request_id
    return error.body["error"]["message"]


@pytest.mark.parametrize("call", ["retrieve", "cancel", "delete", "results"])
def test_an_unknown_batch_is_not_found(batches, call):
    with pytest.raises(anthropic.NotFoundError) as missing:
        getattr(batches, call)(UNKNOWN_BATCH)
    assert missing.value.body["error"]["type"] == "not_found_error"
    assert missing.value.request_id == missing.value.body["request_id"]


@pytest.mark.parametrize("custom_id", ["", "x" * 65, "has space", "dots.are.out", "slash/ed", "ünicode", "new\nline", 7, None])
def test_a_bad_custom_id_is_named_by_its_place(batches, custom_id):
    items = [*requests(1), {"custom_id": custom_id, "params": params()}]
    assert "requests.1.custom_id" in refused(batches, items)


def test_a_missing_custom_id_is_named_by_its_place(batches):
    assert "requests.2.custom_id" in refused(batches, [*requests(2), {"params": params()}])


def test_a_repeated_custom_id_is_named(batches):
    message = refused(batches, [*requests(3), {"custom_id": "request-1", "params": params()}])
    assert "request-1" in message


def test_a_batch_needs_a_request(batches):
    assert "requests" in refused(batches, [])


def test_params_must_be_an_object(batches):
    assert "requests.0.params" in refused(batches, [{"custom_id": "text", "params": "Say hello."}])


def test_a_refused_batch_leaves_nothing_behind(batches):
    before = batches.list(limit=1).data
    refused(batches, [*requests(1), *requests(1)])
    assert [b.id for b in batches.list(limit=1).data] == [b.id for b in before]


@pytest.mark.parametrize("limit", [0, 1001, -1])
def test_a_limit_out_of_range_is_refused(batches, limit):
    with pytest.raises(anthropic.BadRequestError) as refusal:
        batches.list(limit=limit)
    assert "limit" in refusal.value.body["error"]["message"]


def test_bad_messages_calls_are_refused_at_once(client):
    with pytest.raises(anthropic.BadRequestError) as refusal:
        client.post("/v1/messages", body={"model": "claude-haiku-4-5", "messages": []}, cast_to=object)
    assert refusal.value.body["error"]["type"] == "invalid_request_error"


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("no-such-model-anywhere")


def test_an_unknown_path_is_not_found(client):
    with pytest.raises(anthropic.NotFoundError) as missing:
        client.get("/v1/no/such/path", cast_to=object)
    assert missing.value.body["error"]["type"] == "not_found_error"
