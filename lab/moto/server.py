"""moto's server for the lab: prints its port as one JSON line, ends when its standard input closes."""

import json
import logging
import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from werkzeug.serving import make_server

import operations
import patches


def end_with_parent() -> None:
    # The lab holds the other end of this pipe, so it closes even when the lab is killed.
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    patches.apply()
    server = make_server("127.0.0.1", 0, operations.answering(DomainDispatcherApplication(operations.create_app)), threaded=True)
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(json.dumps({"port": server.server_port}), flush=True)
    server.serve_forever()


main()
