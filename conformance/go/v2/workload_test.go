// Package sdk runs the official Go SDK, unmodified, against a running Nightmail server.
package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anthropics/anthropic-sdk-go/v2"
	"github.com/anthropics/anthropic-sdk-go/v2/option"
)

// The suite of the 1.x line is this one with the other import path.
//go:generate sh -c "cp *_test.go ../v1/ && sed -i -e '/^\\/\\/go:generate/d' -e '/^\\/\\/ The suite of the 1.x/d' -e 's#anthropic-sdk-go/v2#anthropic-sdk-go#' -e '1i // Code generated from ../v2 by go generate; DO NOT EDIT.\\n' ../v1/*_test.go && gofmt -w ../v1"

const model = anthropic.ModelClaudeHaiku4_5

var (
	baseURL = os.Getenv("NIGHTMAIL_BASE_URL")
	client  = anthropic.NewClient(option.WithBaseURL(baseURL), option.WithAPIKey(apiKey()))

	// Enough that a batch of them is still running when the call after its creation arrives, also where an answer takes no time.
	longBatch = envInt("NIGHTMAIL_LONG_BATCH", 20_000)
)

func TestMain(m *testing.M) {
	if baseURL == "" {
		fmt.Fprintln(os.Stderr, "set NIGHTMAIL_BASE_URL to the URL of a running Nightmail server")
		os.Exit(2)
	}
	os.Exit(m.Run())
}

func apiKey() string {
	if key := os.Getenv("NIGHTMAIL_API_KEY"); key != "" {
		return key
	}
	return "any-key"
}

func envInt(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func params(text string) anthropic.MessageBatchNewParamsRequestParams {
	return anthropic.MessageBatchNewParamsRequestParams{
		Model:     model,
		MaxTokens: 64,
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
	}
}

func request(customID, text string) anthropic.MessageBatchNewParamsRequest {
	return anthropic.MessageBatchNewParamsRequest{CustomID: customID, Params: params(text)}
}

func requests(count int, prefix string) []anthropic.MessageBatchNewParamsRequest {
	items := make([]anthropic.MessageBatchNewParamsRequest, count)
	for i := range items {
		items[i] = request(fmt.Sprintf("%s-%d", prefix, i), fmt.Sprintf("Name the number %d.", i))
	}
	return items
}

func create(t *testing.T, items []anthropic.MessageBatchNewParamsRequest) *anthropic.MessageBatch {
	t.Helper()
	batch, err := client.Messages.Batches.New(within(t), anthropic.MessageBatchNewParams{Requests: items})
	must(t, err)
	return batch
}

func retrieve(t *testing.T, id string) *anthropic.MessageBatch {
	t.Helper()
	batch, err := client.Messages.Batches.Get(within(t), id, anthropic.MessageBatchGetParams{})
	must(t, err)
	return batch
}

func untilEnded(t *testing.T, id string) *anthropic.MessageBatch {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		batch := retrieve(t, id)
		if batch.ProcessingStatus == anthropic.MessageBatchProcessingStatusEnded {
			return batch
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not end: %s", id, batch.RequestCounts.RawJSON())
		}
	}
}

// resultsByID gives all results, joined by custom_id; a second result for an id is a failure of its own.
func resultsByID(t *testing.T, id string) map[string]anthropic.MessageBatchResultUnion {
	t.Helper()
	stream := client.Messages.Batches.ResultsStreaming(within(t), id, anthropic.MessageBatchResultsParams{})
	defer stream.Close()
	found := map[string]anthropic.MessageBatchResultUnion{}
	for stream.Next() {
		entry := stream.Current()
		if _, twice := found[entry.CustomID]; twice {
			t.Fatalf("%s has two results", entry.CustomID)
		}
		found[entry.CustomID] = entry.Result
	}
	must(t, stream.Err())
	return found
}

func total(counts anthropic.MessageBatchRequestCounts) int64 {
	return counts.Processing + counts.Succeeded + counts.Errored + counts.Canceled + counts.Expired
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// refused asserts the SDK's own error with the wire's error in it, and gives the server's message.
func refused(t *testing.T, err error, status int, kind string) string {
	t.Helper()
	var refusal *anthropic.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want an API error", err)
	}
	var body struct {
		Type  string
		Error struct{ Type, Message string }
		ID    string `json:"request_id"`
	}
	must(t, json.Unmarshal([]byte(refusal.RawJSON()), &body))
	check(t, "status", refusal.StatusCode, status)
	check(t, "type", body.Type, "error")
	check(t, "error type", body.Error.Type, kind)
	check(t, "request id of body and header", body.ID, refusal.RequestID)
	if !strings.HasPrefix(refusal.RequestID, "req_") || body.Error.Message == "" {
		t.Errorf("an error needs a request id and a message: %s", refusal.RawJSON())
	}
	return body.Error.Message
}
