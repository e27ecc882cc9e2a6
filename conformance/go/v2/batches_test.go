package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anthropics/anthropic-sdk-go/v2"
	"github.com/anthropics/anthropic-sdk-go/v2/option"
)

const unknownBatch = "msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d"

func TestABatchGivesOneResultForEveryRequest(t *testing.T) {
	created := create(t, requests(3, "request"))

	check(t, "type", created.Type, "message_batch")
	check(t, "status", created.ProcessingStatus, anthropic.MessageBatchProcessingStatusInProgress)
	check(t, "total", total(created.RequestCounts), 3)
	check(t, "life", created.ExpiresAt.Sub(created.CreatedAt), 24*time.Hour)
	for name, raw := range map[string]string{
		"ended_at": created.JSON.EndedAt.Raw(), "results_url": created.JSON.ResultsURL.Raw(),
		"archived_at": created.JSON.ArchivedAt.Raw(), "cancel_initiated_at": created.JSON.CancelInitiatedAt.Raw(),
	} {
		check(t, name, raw, "null")
	}

	ended := untilEnded(t, created.ID)

	check(t, "created_at", ended.CreatedAt, created.CreatedAt)
	check(t, "succeeded", ended.RequestCounts.Succeeded, 3)
	check(t, "total", total(ended.RequestCounts), 3)
	if ended.EndedAt.Before(created.CreatedAt) {
		t.Errorf("ended %v before it was created", ended.EndedAt)
	}
	results := resultsByID(t, created.ID)
	for i := range 3 {
		switch result := results[fmt.Sprintf("request-%d", i)].AsAny().(type) {
		case anthropic.MessageBatchSucceededResult:
			message := result.Message
			check(t, "model", message.Model, model)
			check(t, "service tier", message.Usage.ServiceTier, "batch")
			if message.Content[0].Text == "" || message.Usage.InputTokens <= 0 || message.Usage.OutputTokens <= 0 {
				t.Errorf("an answer has text and usage: %s", message.RawJSON())
			}
		default:
			t.Errorf("request-%d: got %T", i, result)
		}
	}
}

func TestTwoThousandResultsAreJoinedByCustomID(t *testing.T) {
	items := requests(2_000, "joined")
	batch := untilEnded(t, create(t, items).ID)
	check(t, "succeeded", batch.RequestCounts.Succeeded, 2_000)
	results := resultsByID(t, batch.ID)
	check(t, "results", len(results), 2_000)
	for _, item := range items {
		check(t, item.CustomID, results[item.CustomID].Type, "succeeded")
	}
}

func list(t *testing.T, query anthropic.MessageBatchListParams) (ids []string, hasMore bool) {
	t.Helper()
	page, err := client.Messages.Batches.List(within(t), query)
	must(t, err)
	for _, batch := range page.Data {
		ids = append(ids, batch.ID)
	}
	return ids, page.HasMore
}

func listAll(t *testing.T, query anthropic.MessageBatchListParams) (ids []string) {
	t.Helper()
	seen := map[string]bool{}
	pages := client.Messages.Batches.ListAutoPaging(within(t), query)
	for pages.Next() {
		id := pages.Current().ID
		if seen[id] {
			t.Fatalf("%s is listed twice", id)
		}
		seen[id] = true
		ids = append(ids, id)
	}
	must(t, pages.Err())
	return ids
}

func TestTheListPagesFromNewToOldAndBack(t *testing.T) {
	mine := make([]string, 5)
	for i := range mine {
		mine[len(mine)-1-i] = create(t, requests(1, "listed")).ID
	}

	ids, more := list(t, anthropic.MessageBatchListParams{Limit: anthropic.Int(2)})
	check(t, "newest page", ids, mine[:2])
	check(t, "more after it", more, true)
	ids, _ = list(t, anthropic.MessageBatchListParams{Limit: anthropic.Int(2), AfterID: anthropic.String(mine[1])})
	check(t, "older page", ids, mine[2:4])
	ids, more = list(t, anthropic.MessageBatchListParams{Limit: anthropic.Int(2), BeforeID: anthropic.String(mine[4])})
	check(t, "newer page", ids, mine[2:4])
	check(t, "more newer ones", more, true)
	ids, more = list(t, anthropic.MessageBatchListParams{Limit: anthropic.Int(2), BeforeID: anthropic.String(mine[2])})
	check(t, "newest page again", ids, mine[:2])
	check(t, "nothing newer", more, false)

	everything := listAll(t, anthropic.MessageBatchListParams{Limit: anthropic.Int(3)})
	check(t, "newest of all", everything[:5], mine)
	check(t, "all older ones", listAll(t, anthropic.MessageBatchListParams{Limit: anthropic.Int(50), AfterID: anthropic.String(mine[0])}), everything[1:])
	check(t, "all newer ones", len(listAll(t, anthropic.MessageBatchListParams{Limit: anthropic.Int(2), BeforeID: anthropic.String(mine[4])})), 4)
}

func TestCancellingTwiceGivesTheSameBatch(t *testing.T) {
	batch := create(t, requests(longBatch, "canceled"))

	first, err := client.Messages.Batches.Cancel(within(t), batch.ID, anthropic.MessageBatchCancelParams{})
	must(t, err)
	check(t, "status", first.ProcessingStatus, anthropic.MessageBatchProcessingStatusCanceling)
	second, err := client.Messages.Batches.Cancel(within(t), batch.ID, anthropic.MessageBatchCancelParams{})
	if err == nil {
		check(t, "cancel_initiated_at", second.CancelInitiatedAt, first.CancelInitiatedAt)
	} else {
		// The last request in flight was quicker than we; then the refusal is right.
		refused(t, err, 400, "invalid_request_error")
		check(t, "status", retrieve(t, batch.ID).ProcessingStatus, anthropic.MessageBatchProcessingStatusEnded)
	}

	ended := untilEnded(t, batch.ID)
	check(t, "cancel_initiated_at", ended.CancelInitiatedAt, first.CancelInitiatedAt)
	canceled := 0
	results := resultsByID(t, batch.ID)
	for _, result := range results {
		if result.Type == "canceled" {
			canceled++
		}
	}
	check(t, "results", len(results), longBatch)
	check(t, "canceled", canceled, ended.RequestCounts.Canceled)
	if canceled == 0 {
		t.Error("nothing was canceled")
	}
}

func TestAnEndedBatchCannotBeCanceled(t *testing.T) {
	batch := untilEnded(t, create(t, requests(1, "request")).ID)
	_, err := client.Messages.Batches.Cancel(within(t), batch.ID, anthropic.MessageBatchCancelParams{})
	refused(t, err, 400, "invalid_request_error")
}

func TestARunningBatchCannotBeDeletedAnEndedOneCan(t *testing.T) {
	batch := create(t, requests(longBatch, "deleted"))
	_, err := client.Messages.Batches.Delete(within(t), batch.ID, anthropic.MessageBatchDeleteParams{})
	refused(t, err, 400, "invalid_request_error")
	// This SDK asks for results without looking at the status first.
	early := client.Messages.Batches.ResultsStreaming(within(t), batch.ID, anthropic.MessageBatchResultsParams{})
	check(t, "rows", early.Next(), false)
	refused(t, early.Err(), 404, "not_found_error")

	_, err = client.Messages.Batches.Cancel(within(t), batch.ID, anthropic.MessageBatchCancelParams{})
	must(t, err)
	untilEnded(t, batch.ID)

	deleted, err := client.Messages.Batches.Delete(within(t), batch.ID, anthropic.MessageBatchDeleteParams{})
	must(t, err)
	check(t, "id", deleted.ID, batch.ID)
	check(t, "type", deleted.Type, "message_batch_deleted")
	_, err = client.Messages.Batches.Get(within(t), batch.ID, anthropic.MessageBatchGetParams{})
	refused(t, err, 404, "not_found_error")
}

func TestAnUnknownBatchIsNotFound(t *testing.T) {
	_, err := client.Messages.Batches.Get(within(t), unknownBatch, anthropic.MessageBatchGetParams{})
	refused(t, err, 404, "not_found_error")
	_, err = client.Messages.Batches.Cancel(within(t), unknownBatch, anthropic.MessageBatchCancelParams{})
	refused(t, err, 404, "not_found_error")
	_, err = client.Messages.Batches.Delete(within(t), unknownBatch, anthropic.MessageBatchDeleteParams{})
	refused(t, err, 404, "not_found_error")
}

func TestWhatIsWrongWithABatchIsNamedByItsPlace(t *testing.T) {
	refusal := func(items []anthropic.MessageBatchNewParamsRequest) string {
		t.Helper()
		_, err := client.Messages.Batches.New(within(t), anthropic.MessageBatchNewParams{Requests: items})
		return refused(t, err, 400, "invalid_request_error")
	}
	names := func(message, part string) {
		t.Helper()
		if !strings.Contains(message, part) {
			t.Errorf("%q does not name %s", message, part)
		}
	}

	for _, id := range []string{"", strings.Repeat("x", 65), "has space", "dots.are.out", "ünicode"} {
		names(refusal(append(requests(1, "good"), request(id, "Hello."))), "requests.1.custom_id")
	}
	names(refusal(append(requests(3, "good"), request("good-1", "Hello."))), "good-1")
	names(refusal([]anthropic.MessageBatchNewParamsRequest{}), "requests")
}

func TestBadParamsBecomeTheErroredResultOfThatRequestOnly(t *testing.T) {
	bad := request("bad", "Hello.")
	bad.Params.MaxTokens = 0

	batch := untilEnded(t, create(t, append(requests(1, "good"), bad)).ID)

	check(t, "succeeded", batch.RequestCounts.Succeeded, 1)
	check(t, "errored", batch.RequestCounts.Errored, 1)
	results := resultsByID(t, batch.ID)
	check(t, "good", results["good-0"].Type, "succeeded")
	errored := results["bad"].AsErrored()
	check(t, "type", errored.Error.Type, "error")
	check(t, "inner type", errored.Error.Error.Type, "invalid_request_error")
	if !strings.Contains(errored.Error.Error.Message, "max_tokens") {
		t.Errorf("%q does not name max_tokens", errored.Error.Error.Message)
	}
}

func TestAnyTextTravelsAndEveryRowStaysOneLine(t *testing.T) {
	texts := []string{"👩‍👩‍👧‍👦 says 🎉", "a\u2028b\u2029c\u0085d", "שלום مرحبا", `"quoted" \ </script>`, strings.Repeat("night mail ", 40_000)}
	var items []anthropic.MessageBatchNewParamsRequest
	for i, text := range texts {
		items = append(items, request(fmt.Sprintf("text-%d", i), text))
	}
	batch := untilEnded(t, create(t, items).ID)
	check(t, "succeeded", batch.RequestCounts.Succeeded, len(texts))
	check(t, "results", len(resultsByID(t, batch.ID)), len(texts))
}

func TestASchemaIsObeyed(t *testing.T) {
	item := request("mood", "How do you feel?")
	item.Params.OutputConfig = anthropic.OutputConfigParam{Format: anthropic.JSONOutputFormatParam{Schema: map[string]any{
		"type":                 "object",
		"properties":           map[string]any{"mood": map[string]any{"type": "string", "enum": []string{"glad", "sad"}}, "sure": map[string]any{"type": "boolean"}},
		"required":             []string{"mood", "sure"},
		"additionalProperties": false,
	}}}
	batch := untilEnded(t, create(t, []anthropic.MessageBatchNewParamsRequest{item}).ID)
	var answer struct {
		Mood string
		Sure *bool
	}
	must(t, json.Unmarshal([]byte(resultsByID(t, batch.ID)["mood"].AsSucceeded().Message.Content[0].Text), &answer))
	if (answer.Mood != "glad" && answer.Mood != "sad") || answer.Sure == nil {
		t.Errorf("the schema does not allow %+v", answer)
	}
}

func TestBatchesSideBySideKeepTheirResultsApart(t *testing.T) {
	var all sync.WaitGroup
	failures := make(chan error, 4)
	for _, name := range []string{"north", "south", "east", "west"} {
		all.Go(func() { failures <- runAlone(t, name) })
	}
	all.Wait()
	close(failures)
	for err := range failures {
		must(t, err)
	}
}

func runAlone(t *testing.T, name string) error {
	ctx := within(t)
	batch, err := client.Messages.Batches.New(ctx, anthropic.MessageBatchNewParams{Requests: requests(100, name)})
	for err == nil && batch.ProcessingStatus != anthropic.MessageBatchProcessingStatusEnded {
		time.Sleep(20 * time.Millisecond)
		batch, err = client.Messages.Batches.Get(ctx, batch.ID, anthropic.MessageBatchGetParams{})
	}
	if err != nil {
		return err
	}
	rows := 0
	stream := client.Messages.Batches.ResultsStreaming(ctx, batch.ID, anthropic.MessageBatchResultsParams{})
	defer stream.Close()
	for ; stream.Next(); rows++ {
		if id := stream.Current().CustomID; !strings.HasPrefix(id, name+"-") {
			return fmt.Errorf("%s got the result of %s", name, id)
		}
	}
	if rows != 100 {
		return errors.Join(stream.Err(), fmt.Errorf("%s has %d results", name, rows))
	}
	return stream.Err()
}

func TestABatchThroughTheBetaNamespace(t *testing.T) {
	var items []anthropic.BetaMessageBatchNewParamsRequest
	for i := range 100 {
		items = append(items, anthropic.BetaMessageBatchNewParamsRequest{
			CustomID: fmt.Sprintf("beta-%d", i),
			Params: anthropic.BetaMessageBatchNewParamsRequestParams{
				Model:     model,
				MaxTokens: 64,
				Messages:  []anthropic.BetaMessageParam{anthropic.NewBetaUserMessage(anthropic.NewBetaTextBlock("Hello."))},
			},
		})
	}
	beta := client.Beta.Messages.Batches

	batch, err := beta.New(within(t), anthropic.BetaMessageBatchNewParams{
		Requests: items, Betas: []anthropic.AnthropicBeta{"nightmail-unheard-of-2031-01-01"},
	})
	must(t, err)
	page, err := beta.List(within(t), anthropic.BetaMessageBatchListParams{Limit: anthropic.Int(1)})
	must(t, err)
	check(t, "newest", page.Data[0].ID, batch.ID)
	untilEnded(t, batch.ID)

	found := map[string]bool{}
	stream := beta.ResultsStreaming(within(t), batch.ID, anthropic.BetaMessageBatchResultsParams{})
	defer stream.Close()
	for stream.Next() {
		check(t, "type", stream.Current().Result.Type, "succeeded")
		found[stream.Current().CustomID] = true
	}
	must(t, stream.Err())
	check(t, "results", len(found), 100)

	_, err = beta.Cancel(within(t), batch.ID, anthropic.BetaMessageBatchCancelParams{})
	refused(t, err, 400, "invalid_request_error")
	deleted, err := beta.Delete(within(t), batch.ID, anthropic.BetaMessageBatchDeleteParams{})
	must(t, err)
	check(t, "type", deleted.Type, "message_batch_deleted")
	_, err = beta.Get(within(t), batch.ID, anthropic.BetaMessageBatchGetParams{})
	refused(t, err, 404, "not_found_error")
}

func TestTheKeyIsTakenFromEitherHeader(t *testing.T) {
	other := anthropic.NewClient(option.WithBaseURL(baseURL), option.WithAuthToken(apiKey()))
	_, err := other.Messages.Batches.List(within(t), anthropic.MessageBatchListParams{Limit: anthropic.Int(1)})
	must(t, err)
}
