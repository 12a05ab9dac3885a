"""Run pytest on a small project of its own, in a process of its own, and time the whole of it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SHOP = Path(__file__).parents[1] / "tests" / "diglot" / "assets" / "shop"


class Project:
    """A copy of the shop with tests of its own and a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self.environ = {
            name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DIGLOT_"))
        }
        self.environ["DIGLOT_CACHE_DIR"] = str(self.cache)
        shutil.copytree(SHOP, folder, dirs_exist_ok=True)

    def write(self, name: str, text: str) -> None:
        """Write one file of the project."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def forget_cache(self) -> None:
        """Make the next run a cold one."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def run(self, *arguments: str) -> float:
        """Run pytest; return the seconds it took; ends the benchmark with pytest's words when it is red."""
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *arguments],
            cwd=self.folder,
            env=self.environ,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            sys.exit(f"{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return time.perf_counter() - started


@contextmanager
def project() -> Iterator[Project]:
    """Yield a project in a temporary folder."""
    with TemporaryDirectory() as folder:
        yield Project(Path(folder))
