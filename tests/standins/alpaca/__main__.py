"""Serve the stand-in on a port of the loopback interface until it is ended."""

import argparse
import socketserver
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from tests.standins.alpaca.application import AlpacaStandIn


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Log nothing: what was asked is in the asker's own log."""


def main() -> None:
    """Print the address, then serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.standins.alpaca", description=__doc__)
    parser.add_argument("--port", type=int, default=8100, help="0 takes a free one")
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="answer the first N questions with 429")
    options = parser.parse_args()
    app = AlpacaStandIn(script=[429] * options.busy)
    with make_server("127.0.0.1", options.port, app, server_class=_Server, handler_class=_Quiet) as server:
        print(f"stand-in for the bars API on http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201
        server.serve_forever()


if __name__ == "__main__":
    main()
