"""The loop of the process: take an order, carry it out, answer."""

import faulthandler
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import make_url

from diglot.migrate.serve.environment import Environment
from diglot.migrate.serve.failure import Failure, Step


def main() -> None:
    """Carry out orders until stdin ends."""
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    told = json.loads(sys.argv[1])
    orders, answers = _protocol()

    def say(**line: object) -> None:
        answers.write(json.dumps(line) + "\n")
        answers.flush()

    def tell(step: Step) -> None:
        shown = {"what": step.direction, "revision": step.revision, "title": step.title, "path": step.path}
        say(step=shown)

    environment = Environment(Path(told["root"]), told["ini"], tell)
    say(ready=True)
    for order in orders:
        try:
            say(answer=_carry_out(environment, order))
        except Failure as failure:
            say(failure={"cause": failure.cause, "facts": failure.facts})


def _carry_out(environment: Environment, order: Mapping[str, Any]) -> object:
    if order["order"] == "graph":
        return asdict(environment.scripts.graph())
    if order["order"] == "files":
        return [asdict(one) for one in environment.scripts.files()]
    if order["order"] == "offline":
        return [asdict(one) for one in environment.render(order["revision"])]
    if order["order"] == "let_go":
        environment.keep(None)
        return None
    url = make_url(order["url"])
    environment.keep(url if order["keep"] else None)
    runs: dict[str, Callable[[], None]] = {
        "upgrade": lambda: environment.upgrade(url, order["target"]),
        "downgrade": lambda: environment.downgrade(url, order["target"]),
        "upgrade_one": lambda: environment.run_one(url, order["revision"], upwards=True),
        "downgrade_one": lambda: environment.run_one(url, order["revision"], upwards=False),
    }
    runs[order["order"]]()
    return None


def _protocol() -> tuple[Iterator[Mapping[str, Any]], TextIO]:
    """Take stdin and stdout away from whatever runs here, and return the orders and the place for answers."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    given = os.fdopen(os.dup(0), "rb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    received: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def receive() -> None:
        for line in given:
            received.put(line)
        os._exit(0)  # whoever gave orders is gone, and a step that hangs must not outlive him

    threading.Thread(target=receive, daemon=True).start()
    return map(json.loads, iter(received.get, None)), answers


if __name__ == "__main__":
    main()
