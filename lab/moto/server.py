"""moto's server for the lab: prints its port as one JSON line, ends when its standard input closes."""

import io
import json
import logging
import os
import sys
import threading
import traceback

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from werkzeug.exceptions import InternalServerError
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

import operations
import patches


def end_with_parent() -> None:
    # The lab holds the other end of this pipe, so it closes even when the lab is killed.
    sys.stdin.buffer.read()
    os._exit(0)


class KeepAliveHandler(WSGIRequestHandler):
    """Keeps connections open. werkzeug's own handler closes them, each after 10 ms for what else may come."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body go out together
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        # The gateway always sends the length. A body left unread would be taken for the next request.
        environ["wsgi.input"] = io.BytesIO(self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0)))
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        except Exception:
            traceback.print_exc()
            chunks, status, headers = run_wsgi_app(InternalServerError(), environ, buffered=True)
        body = b"".join(chunks)
        headers.setdefault("Content-Length", str(len(body)))
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    patches.apply()
    application = operations.answering(DomainDispatcherApplication(operations.create_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=KeepAliveHandler)
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(json.dumps({"port": server.server_port}), flush=True)
    server.serve_forever()


main()
