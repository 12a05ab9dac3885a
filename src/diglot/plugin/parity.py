"""Parity's part in a run: put up who records and pairs in each process, and who tells in the first one."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from diglot.errors.base import DiglotError
from diglot.parity.divergences import Accepted
from diglot.parity.shelf import FolderShelf, MemoryShelf, Shelf
from diglot.plugin.fixtures import DATABASES, RECORDING
from diglot.plugin.halves import Recording
from diglot.plugin.pairing import Pairing
from diglot.plugin.progress import Progress
from diglot.plugin.telling import Telling
from diglot.settings import Settings

_FOLDER = "diglot_shelf"
_SHARED = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()


def install(config: pytest.Config, settings: Settings) -> None:
    """Register what this process does for parity; nothing at all when it is off."""
    choice = config.stash[DATABASES].choice
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        config.pluginmanager.register(Progress(config), "diglot-progress")
    if choice.parity == "off":
        _refuse_reports(config)
        return
    if not is_worker:
        try:
            accepted = Accepted.read(settings.root / settings.divergences)
        except DiglotError as error:
            raise pytest.UsageError(str(error)) from None
        config.pluginmanager.register(Telling(config, settings, accepted), "diglot-telling")
    if is_worker or not _distributes(config):
        recording = config.stash[RECORDING] = Recording()
        config.pluginmanager.register(Pairing(config, recording, _shelf(config)), "diglot-pairing")
    else:
        config.pluginmanager.register(_Sharing(config), "diglot-sharing")


def remove(config: pytest.Config) -> None:
    """Undo what `install` did outside of pytest's own registers."""
    recording = config.stash.get(RECORDING, None)
    if recording is not None:
        recording.close()
    shared = config.stash.get(_SHARED, None)
    if shared is not None:
        shared.cleanup()


def _shelf(config: pytest.Config) -> Shelf:
    folder = getattr(config, "workerinput", {}).get(_FOLDER)
    return MemoryShelf() if folder is None else FolderShelf(Path(folder))


def _distributes(config: pytest.Config) -> bool:
    """Whether xdist's workers run the tests, and not this process."""
    return bool(getattr(config.option, "tx", None)) and getattr(config.option, "dist", "no") != "no"


def _refuse_reports(config: pytest.Config) -> None:
    wanted = [
        name for name in ("--diglot-report", "--diglot-html") if getattr(config.option, name[2:].replace("-", "_"))
    ]
    if config.option.update_divergences:
        wanted.append("--update-divergences")
    if wanted:
        raise pytest.UsageError(f"{wanted[0]} needs traces, and --parity off records none. Fix: --parity report")


class _Sharing:
    """Gives all workers of a run one folder for the halves that wait."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder = config.stash[_SHARED] = tempfile.TemporaryDirectory(
            prefix=f"diglot-shelf-{os.getpid()}-", ignore_cleanup_errors=True
        )

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where the folder is."""
        node.workerinput[_FOLDER] = self._folder.name
