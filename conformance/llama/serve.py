"""Serves a model file with llama.cpp's own HTTP server on loopback, until it is ended.

    python serve.py MODEL.gguf PORT [CALLS_AT_ONCE]

Prints its address when it is ready. The context is shared out between the calls that run at once.
"""

import signal
import sys

import xllamacpp

CONTEXT_TOKENS = 8192


def main():
    model, port = sys.argv[1], int(sys.argv[2])
    settings = xllamacpp.CommonParams()
    settings.model.path = model
    settings.model_alias = {"tiny-random"}
    settings.hostnames = ["127.0.0.1"]
    settings.port = port
    settings.n_ctx = CONTEXT_TOKENS
    settings.n_parallel = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    server = xllamacpp.Server(settings)
    print(server.listening_address, flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
