"""A proxy that loses answers: the server has done what it was asked, and the client never learns of it."""

import contextlib
import http.client
import socket
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ALL = "the whole answer"
HALF = "the second half of its body"


class LossyProxy:
    """Passes every call on. Of the answers to creates it loses what `losses` says, one after the other; then none any more."""

    def __init__(self, base_url, *losses):
        self.upstream = urllib.parse.urlsplit(base_url)
        self.losses = list(losses)
        self.creates = []
        self.lock = threading.Lock()

    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def loss(self, retry_count):
        with self.lock:
            self.creates.append(retry_count)
            return self.losses.pop(0) if self.losses else None

    def ask(self, method, path, headers, body):
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, self.upstream.path + path, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()


def handler(proxy):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
            status, answered, content = proxy.ask(self.command, self.path, headers, body)
            creating = self.command == "POST" and self.path.split("?")[0].endswith("/batches")
            loss = proxy.loss(self.headers.get("x-stainless-retry-count")) if creating else None
            if loss is not ALL:
                self.send_response(status)
                self.send_header("content-type", answered["content-type"])
                self.send_header("request-id", answered["request-id"])
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content if loss is None else content[: len(content) // 2])
            if loss is not None:
                self.wfile.flush()
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = do_DELETE = answer

        def log_message(self, *_):
            pass

    return Handler
