"""Writes a model of half a megabyte for llama.cpp: the usual layers, random weights.

    python tiny_model.py OUT.gguf

Its answers are nonsense, and the same weights come out every time. What it is for is everything around the answers: a
server that people really run, with its own wire, its token counts, its cache, its stop reasons and its errors. Its chat
template knows tools, and one token that begins a call comes often enough that it calls them.
"""

import sys

import numpy as np
from gguf import GGUFWriter, TokenType

WIDTH, LAYERS, HEADS, FEED_FORWARD, CONTEXT = 64, 2, 4, 128, 4096
SEED = 7

WORDS = "the of and to in a is that for it as was with be by on not he this are or his from at which but have an had they".split()
TOOL_CALL = b"<tool_call>"
TOOL_CALL_SCALE = 6.0
CHAT = (
    "{% if tools %}[tools]{% for t in tools %}\n{{ t | tojson }}{% endfor %}\n{% endif %}"
    "{% for m in messages %}[{{ m.role }}] {{ m.content or '' }}"
    "{% for c in m.tool_calls or [] %}"
    '<tool_call>{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}</tool_call>'
    "{% endfor %}\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant] {% endif %}"
)


def vocabulary():
    """Three control tokens, every byte (so that any text can be read), printable characters, a few words, a call."""
    kinds = [(b"<unk>", TokenType.UNKNOWN), (b"<s>", TokenType.CONTROL), (b"</s>", TokenType.CONTROL)]
    kinds += [(f"<0x{byte:02X}>".encode(), TokenType.BYTE) for byte in range(256)]
    kinds += [(bytes([char]), TokenType.NORMAL) for char in range(33, 127)]
    kinds += [(("\u2581" + word).encode(), TokenType.NORMAL) for word in ["", *WORDS]]
    return [*kinds, (TOOL_CALL, TokenType.USER_DEFINED)]


def tensors(tokens):
    yield "token_embd", (tokens, WIDTH)
    yield "output_norm", (WIDTH,)
    yield "output", (tokens, WIDTH)
    for layer in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            yield f"blk.{layer}.{name}", (WIDTH,)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield f"blk.{layer}.{name}", (WIDTH, WIDTH)
        for name in ("ffn_gate", "ffn_up"):
            yield f"blk.{layer}.{name}", (FEED_FORWARD, WIDTH)
        yield f"blk.{layer}.ffn_down", (WIDTH, FEED_FORWARD)


def write(path):
    words = vocabulary()
    model = GGUFWriter(path, "llama")
    model.add_name("tiny-random")
    model.add_file_type(0)
    model.add_context_length(CONTEXT)
    model.add_embedding_length(WIDTH)
    model.add_block_count(LAYERS)
    model.add_feed_forward_length(FEED_FORWARD)
    model.add_head_count(HEADS)
    model.add_head_count_kv(HEADS)
    model.add_rope_dimension_count(WIDTH // HEADS)
    model.add_layer_norm_rms_eps(1e-5)
    model.add_vocab_size(len(words))
    model.add_tokenizer_model("llama")
    model.add_token_list([text for text, _ in words])
    model.add_token_scores([0.0] * len(words))
    model.add_token_types([kind for _, kind in words])
    model.add_unk_token_id(0)
    model.add_bos_token_id(1)
    model.add_eos_token_id(2)
    model.add_chat_template(CHAT)

    random = np.random.default_rng(SEED)
    for name, shape in tensors(len(words)):
        weights = np.ones(shape) if "norm" in name else random.normal(0, 0.05, shape)
        if name == "output":
            weights[-1] *= TOOL_CALL_SCALE  # The last token is the call: it wins as soon as its sign is right.
        model.add_tensor(f"{name}.weight", weights.astype(np.float32))

    model.write_header_to_file()
    model.write_kv_data_to_file()
    model.write_tensors_to_file()
    model.close()


if __name__ == "__main__":
    write(sys.argv[1])
