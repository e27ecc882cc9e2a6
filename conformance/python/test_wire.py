"""Facts of the wire that no SDK shows: headers, bytes, ranges, and bodies no SDK would send."""

import gzip
import json
import re
import time
import uuid

import pytest
from wire import BATCHES, Wire
from workload import LONG_BATCH, params, requests

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FIELDS = {
    "id", "type", "processing_status", "request_counts", "created_at", "expires_at", "ended_at",
    "cancel_initiated_at", "archived_at", "results_url",
}  # fmt: skip


@pytest.fixture(scope="module")
def wire(base_url, api_key):
    return Wire(base_url, api_key)


@pytest.fixture(scope="module")
def ended(wire):
    return wire.ended(requests(200))


@pytest.fixture(scope="module")
def results(wire, ended):
    return wire.call("GET", f"{BATCHES}/{ended['id']}/results")


def assert_error(answer, status, kind):
    assert answer.status == status, answer.body[:500]
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    body = answer.json()
    assert body["type"] == "error"
    assert body["error"]["type"] == kind
    assert body["error"]["message"]
    assert re.fullmatch(r"req_\w+", body["request_id"])
    assert answer.headers["request-id"] == body["request_id"]
    return body["error"]["message"]


# Objects and headers


def test_a_batch_always_has_its_ten_fields(wire, ended):
    fresh = wire.create(requests(1)).json()
    for batch in (fresh, ended):
        assert FIELDS <= batch.keys()
        assert batch["request_counts"].keys() == {"processing", "succeeded", "errored", "canceled", "expired"}
    assert fresh["ended_at"] is None and fresh["results_url"] is None
    assert ended["cancel_initiated_at"] is None and ended["archived_at"] is None


def test_times_have_microseconds_and_end_in_z(ended):
    for field in ("created_at", "expires_at", "ended_at"):
        assert STAMP.fullmatch(ended[field]), (field, ended[field])
    assert ended["created_at"][10:] == ended["expires_at"][10:], "a day later to the microsecond"


def test_objects_are_json_and_every_answer_has_an_id(wire, ended):
    ours = [
        wire.create(requests(1)),
        wire.call("GET", f"{BATCHES}/{ended['id']}"),
        wire.call("GET", BATCHES),
    ]
    # These the upstream answers, and its id of the call is handed on.
    relayed = [
        wire.call("GET", "/v1/models"),
        wire.call("POST", "/v1/messages", params()),
        wire.call("POST", "/v1/messages/count_tokens", params()),
    ]
    for answer in ours + relayed:
        assert answer.status == 200
        assert answer.headers["content-type"].split(";")[0] == "application/json"
        assert re.fullmatch(r"req_\w+", answer.headers["request-id"])
    assert len({answer.headers["request-id"] for answer in ours}) == len(ours)


def test_the_results_url_is_absolute_and_leads_to_the_results(wire, ended, results):
    url = ended["results_url"]
    assert url == f"{wire.base_url}{BATCHES}/{ended['id']}/results"
    assert wire.call("GET", url.removeprefix(wire.base_url)).body == results.body


def test_the_results_url_follows_the_name_the_client_used(wire, ended):
    named = wire.call("GET", f"{BATCHES}/{ended['id']}", headers={"Host": "localhost:8443"}).json()
    assert named["results_url"].endswith(f"://localhost:8443{BATCHES}/{ended['id']}/results")


def test_without_keys_only_this_machine_is_served_under_its_own_names(wire, ended):
    foreign = wire.call("GET", f"{BATCHES}/{ended['id']}", headers={"Host": "nightmail.example:8443"})
    assert "listen.allowed-hosts" in assert_error(foreign, 403, "permission_error")


# Authentication and versions


@pytest.mark.parametrize("version", ["2023-06-01", "2026-10-21"])
@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
def test_a_key_is_taken_from_either_header_with_either_version(wire, api_key, scheme, version):
    key = {"x-api-key": api_key} if scheme == "x-api-key" else {"Authorization": f"Bearer {api_key}"}
    answer = wire.call("GET", BATCHES, headers={**key, "anthropic-version": version}, without=("x-api-key",))
    assert answer.status == 200


def test_a_call_without_a_key_is_not_authenticated(wire):
    assert_error(wire.call("GET", BATCHES, without=("x-api-key",)), 401, "authentication_error")


def test_a_call_without_a_version_is_refused(wire):
    refused = wire.call("GET", BATCHES, without=("anthropic-version",))
    assert "anthropic-version" in assert_error(refused, 400, "invalid_request_error")


def test_an_unknown_version_is_refused(wire):
    refused = wire.call("GET", BATCHES, headers={"anthropic-version": "1999-12-31"})
    assert "anthropic-version" in assert_error(refused, 400, "invalid_request_error")


def test_the_beta_query_and_any_beta_header_change_nothing(wire, ended):
    answer = wire.call(
        "GET", f"{BATCHES}/{ended['id']}?beta=true", headers={"anthropic-beta": "message-batches-2024-09-24, new-2031"}
    )
    assert answer.json() == ended


# Results


def test_results_are_json_lines_of_known_length(results):
    assert results.headers["content-type"] == "application/x-jsonl"
    assert int(results.headers["content-length"]) == len(results.body)
    assert results.headers["etag"]
    assert results.headers["accept-ranges"] == "bytes"
    assert b"\r" not in results.body
    assert not results.body.startswith(b"\xef\xbb\xbf")
    lines = results.body.split(b"\n")
    assert lines.pop() == b"", "the last line ends too"
    assert len(lines) == 200
    assert {json.loads(line)["custom_id"] for line in lines} == {f"request-{i}" for i in range(200)}


def test_a_download_is_resumed_where_it_broke_off(wire, ended, results):
    path, half = f"{BATCHES}/{ended['id']}/results", len(results.body) // 2

    rest = wire.call("GET", path, headers={"Range": f"bytes={half}-"})
    assert rest.status == 206
    assert rest.headers["content-type"] == "application/x-jsonl"
    assert rest.headers["content-range"] == f"bytes {half}-{len(results.body) - 1}/{len(results.body)}"
    assert rest.body == results.body[half:]
    assert rest.headers["etag"] == results.headers["etag"]

    piece = wire.call("GET", path, headers={"Range": "bytes=10-19"})
    assert (piece.status, piece.body) == (206, results.body[10:20])


def test_a_range_behind_the_end_cannot_be_satisfied(wire, ended, results):
    path = f"{BATCHES}/{ended['id']}/results"
    answer = wire.call("GET", path, headers={"Range": f"bytes={len(results.body)}-"})
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{len(results.body)}"


def test_an_answer_to_head_has_no_body(wire, ended):
    answer = wire.call("HEAD", f"{BATCHES}/{ended['id']}/results")
    assert answer.status in (200, 405)
    assert answer.body == b""
    assert answer.headers["request-id"]


def test_results_of_a_running_batch_are_not_found_and_say_why(wire):
    batch = wire.create(requests(LONG_BATCH)).json()
    refused = wire.call("GET", f"{BATCHES}/{batch['id']}/results")
    assert "in_progress" in assert_error(refused, 404, "not_found_error")
    wire.call("POST", f"{BATCHES}/{batch['id']}/cancel")


def test_an_unknown_batch_is_not_found(wire):
    assert_error(wire.call("GET", f"{BATCHES}/msgbatch_none"), 404, "not_found_error")


def test_a_path_that_climbs_out_is_refused_like_any_other(wire):
    answer = wire.call("GET", f"{BATCHES}/..%2f..%2fetc%2fpasswd")
    assert answer.status in (400, 404)
    assert answer.json()["request_id"] == answer.headers["request-id"]


# Creating


def test_a_compressed_body_is_read(wire):
    body = gzip.compress(json.dumps({"requests": requests(50)}).encode())
    created = wire.call("POST", BATCHES, body, headers={"content-encoding": "gzip"})
    assert created.status == 200
    assert sum(created.json()["request_counts"].values()) == 50


def test_a_damaged_or_unknown_compression_is_refused(wire):
    plain = json.dumps({"requests": requests(1)}).encode()
    cut = gzip.compress(plain)[:-10]
    assert_error(wire.call("POST", BATCHES, cut, headers={"content-encoding": "gzip"}), 400, "invalid_request_error")
    assert_error(wire.call("POST", BATCHES, plain, headers={"content-encoding": "br"}), 400, "invalid_request_error")


def test_the_same_idempotency_key_and_body_give_the_same_batch(wire):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = wire.create(requests(2), headers=headers).json()
    again = wire.create(requests(2), headers=headers).json()
    other = wire.create(requests(2), headers={"Idempotency-Key": str(uuid.uuid4())}).json()
    assert again["id"] == first["id"]
    assert other["id"] != first["id"]


def test_an_idempotency_key_cannot_be_used_for_another_body(wire):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    assert wire.create(requests(2), headers=headers).status == 200
    refused = wire.create(requests(3), headers=headers)
    assert 400 <= refused.status < 500
    assert refused.status not in (408, 409, 429), "an SDK would retry those"
    assert_error(refused, refused.status, "invalid_request_error")


GOOD = json.dumps({"requests": requests(3)}).encode()
TEXT = '{"requests":[{"custom_id":"a","params":{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"%s"}]}}]}'


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"[]", id="array"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="no requests"),
        pytest.param(b'{"requests":{}}', id="requests as an object"),
        pytest.param(b'{"requests":[null]}', id="null request"),
        pytest.param(GOOD[:-2], id="cut off"),
        pytest.param(GOOD + b"x", id="something behind"),
        pytest.param(GOOD.replace(b": ", b" "), id="no colons"),
        pytest.param((TEXT % "X").encode().replace(b"X", b"\xff\xfe"), id="not UTF-8"),
        pytest.param((TEXT % "X").encode().replace(b"X", b"\xc0\xaf"), id="overlong UTF-8"),
        pytest.param((TEXT % "X").encode().replace(b"X", b"\xed\xa0\x80"), id="surrogate as UTF-8"),
        pytest.param((TEXT % "X").encode("utf-16"), id="UTF-16"),
        pytest.param((TEXT % "X").encode().replace(b"X", b"\x00"), id="bare control character"),
        pytest.param(b"[" * 100_000, id="arrays in arrays"),
        pytest.param(b'{"requests":' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="deep and closed"),
        pytest.param((TEXT % "X").encode().replace(b'"X"', b'{"a":' * 50_000 + b"1" + b"}" * 50_000), id="deep params"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_and_leaves_nothing(wire, body):
    before = wire.newest()
    assert_error(wire.call("POST", BATCHES, body), 400, "invalid_request_error")
    assert wire.newest() == before


@pytest.mark.parametrize("pieces", [1, 50], ids=["broken off", "dribbled and broken off"])
def test_a_body_that_never_ends_leaves_nothing(wire, pieces):
    before = wire.newest()
    body = json.dumps({"requests": requests(100)}).encode()
    for kept in (0, 1, len(body) // 2, len(body) - 1, len(body)):
        wire.unfinished(body[:kept], announced_bytes=len(body) + 1, pieces=pieces)
    assert wire.newest() == before


def test_a_body_that_comes_slowly_is_accepted(wire):
    connection = wire.connect()
    connection.putrequest("POST", wire.at.path + BATCHES)
    for name, value in {**wire.headers, "content-type": "application/json", "content-length": str(len(GOOD))}.items():
        connection.putheader(name, value)
    connection.endheaders()
    for start in range(0, len(GOOD), 16):
        connection.send(GOOD[start : start + 16])
        time.sleep(0.002)
    response = connection.getresponse()
    assert response.status == 200
    assert json.loads(response.read())["type"] == "message_batch"
    connection.close()


def test_a_chunked_body_is_accepted(wire):
    connection = wire.connect()
    connection.request("POST", wire.at.path + BATCHES, iter([GOOD[:40], GOOD[40:]]),
                       {**wire.headers, "content-type": "application/json"}, encode_chunked=True)  # fmt: skip
    response = connection.getresponse()
    assert response.status == 200
    assert json.loads(response.read())["request_counts"]
    connection.close()


def test_one_connection_serves_good_and_bad_calls_in_turn(wire):
    connection = wire.connect()
    for body, status in ((GOOD, 200), (b"nonsense", 400), (GOOD, 200), (b'{"requests":[]}', 400), (GOOD, 200)):
        connection.request("POST", wire.at.path + BATCHES, body, {**wire.headers, "content-type": "application/json"})
        response = connection.getresponse()
        assert response.status == status
        response.read()
    connection.close()


def test_a_streamed_request_cannot_be_part_of_a_batch(wire):
    items = [*requests(1), {"custom_id": "streamed", "params": params(stream=True)}]
    created = wire.create(items)
    if created.status != 200:
        assert "requests.1" in assert_error(created, 400, "invalid_request_error")
        return
    batch = wire.ended(items)
    assert (batch["request_counts"]["succeeded"], batch["request_counts"]["errored"]) == (1, 1)


# Listing


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "ten", "1.5", ""])
def test_a_bad_limit_is_refused(wire, limit):
    assert "limit" in assert_error(wire.call("GET", f"{BATCHES}?limit={limit}"), 400, "invalid_request_error")


def test_two_cursors_at_once_are_refused(wire, ended):
    both = wire.call("GET", f"{BATCHES}?after_id={ended['id']}&before_id={ended['id']}")
    assert_error(both, 400, "invalid_request_error")


def test_a_page_always_says_whether_there_is_more(wire, ended):
    page = wire.call("GET", f"{BATCHES}?limit=1").json()
    assert page.keys() >= {"data", "has_more", "first_id", "last_id"}
    assert page["first_id"] == page["last_id"] == page["data"][0]["id"]
    assert isinstance(page["has_more"], bool)


# Messages


def test_a_stream_names_every_event_as_its_data_does(wire):
    answer = wire.call("POST", "/v1/messages", params(stream=True))
    assert answer.status == 200
    assert answer.headers["content-type"].split(";")[0] == "text/event-stream"
    events = [e.split("\n") for e in answer.body.decode().strip().split("\n\n")]
    for name, data in events:
        assert name.removeprefix("event: ") == json.loads(data.removeprefix("data: "))["type"]
    assert json.loads(events[-1][1].removeprefix("data: ")) == {"type": "message_stop"}


def test_bad_json_in_a_message_is_refused(wire):
    assert_error(wire.call("POST", "/v1/messages", b'{"model":'), 400, "invalid_request_error")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_method_nobody_offers_is_refused(wire, method, ended):
    answer = wire.call(method, f"{BATCHES}/{ended['id']}", {})
    assert 400 <= answer.status < 500
    assert answer.headers["request-id"]
