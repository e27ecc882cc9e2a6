package sdk

import (
	"strings"
	"testing"

	"github.com/anthropics/anthropic-sdk-go/v2"
)

func message(text string) anthropic.MessageNewParams {
	return anthropic.MessageNewParams{
		Model:     model,
		MaxTokens: 64,
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
	}
}

func TestAMessageIsAnswered(t *testing.T) {
	answer, err := client.Messages.New(within(t), message("Say hello."))
	must(t, err)
	check(t, "model", answer.Model, model)
	if !strings.HasPrefix(answer.ID, "msg_") || answer.Content[0].Text == "" || answer.Usage.OutputTokens <= 0 {
		t.Errorf("not a whole message: %s", answer.RawJSON())
	}
}

func TestAStreamedMessageHasItsEventsInOrderAndMakesAMessage(t *testing.T) {
	stream := client.Messages.NewStreaming(within(t), message("Count to ten, with emoji: 🔟."))
	defer stream.Close()
	var kinds []string
	var text strings.Builder
	var whole anthropic.Message
	for stream.Next() {
		event := stream.Current()
		if event.Type == "ping" {
			continue
		}
		must(t, whole.Accumulate(event))
		if len(kinds) == 0 || kinds[len(kinds)-1] != event.Type {
			kinds = append(kinds, event.Type)
		}
		text.WriteString(event.Delta.Text)
	}
	must(t, stream.Err())
	check(t, "events", kinds, []string{"message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"})
	check(t, "text", whole.Content[0].Text, text.String())
	if text.Len() == 0 || whole.StopReason == "" || whole.Usage.OutputTokens <= 0 {
		t.Errorf("not a whole message: %+v", whole)
	}
}

func TestAMessageThroughTheBetaNamespace(t *testing.T) {
	answer, err := client.Beta.Messages.New(within(t), anthropic.BetaMessageNewParams{
		Model:     model,
		MaxTokens: 64,
		Messages:  []anthropic.BetaMessageParam{anthropic.NewBetaUserMessage(anthropic.NewBetaTextBlock("Hello."))},
		Betas:     []anthropic.AnthropicBeta{"nightmail-unheard-of-2031-01-01"},
	})
	must(t, err)
	if answer.Content[0].Text == "" {
		t.Error("no text")
	}
}

func TestTokensAreCountedAndGrowWithTheText(t *testing.T) {
	count := func(text string) int64 {
		counted, err := client.Messages.CountTokens(within(t), anthropic.MessageCountTokensParams{
			Model:    model,
			Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
		})
		must(t, err)
		return counted.InputTokens
	}
	if short, long := count("hello"), count(strings.Repeat("hello ", 1_000)); short <= 0 || long <= short {
		t.Errorf("counted %d and %d tokens", short, long)
	}
}

func TestModelsAreListedAndFound(t *testing.T) {
	models := client.Models.ListAutoPaging(within(t), anthropic.ModelListParams{Limit: anthropic.Int(1)})
	seen := map[string]bool{}
	for models.Next() {
		id := models.Current().ID
		if seen[id] {
			t.Fatalf("%s is listed twice", id)
		}
		seen[id] = true
	}
	must(t, models.Err())
	if len(seen) == 0 {
		t.Fatal("no model")
	}
	for id := range seen {
		found, err := client.Models.Get(within(t), id, anthropic.ModelGetParams{})
		must(t, err)
		check(t, "id", found.ID, id)
	}
	_, err := client.Models.Get(within(t), "no-such-model-anywhere", anthropic.ModelGetParams{})
	refused(t, err, 404, "not_found_error")
}

func TestABadMessageIsRefused(t *testing.T) {
	bad := message("Hello.")
	bad.Messages = []anthropic.MessageParam{}
	_, err := client.Messages.New(within(t), bad)
	refused(t, err, 400, "invalid_request_error")
}
