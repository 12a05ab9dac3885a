"""What can go wrong while a template is built from migrations (DG2xx)."""

from diglot.errors.base import DiglotError


class TemplateStale(DiglotError):
    """The migrations changed while the template was being built from them."""

    code = "DG201"

    def __init__(self, *, template: str, built_from: str, on_disk: str) -> None:
        super().__init__(
            f"template {template!r} is stale: built from migrations {built_from}, files on disk have the digest "
            f"{on_disk}. Nothing was cached. Fix: run again when the files are no longer being written"
        )


class MigrationFailed(DiglotError):
    """A migration, or the program that runs them, ended with an error."""

    code = "DG202"

    def __init__(self, *, dialect: str, source: str, output: str) -> None:
        super().__init__(
            f"the {dialect} schema could not be built from {source}; no template was cached. "
            f"The migration said:\n{_indent(output)}\nFix: correct the migration; the next run starts from nothing"
        )


class ConnectionIgnored(DiglotError):
    """The environment script migrated another database than the one it was handed."""

    code = "DG203"

    def __init__(self, *, source: str) -> None:
        super().__init__(
            f"{source} ran, but the database that it was handed has no alembic_version: its env.py connects by "
            f"itself. Fix: let env.py use the connection in `config.attributes['connection']` when there is one"
        )


class MigrationsUnreadable(DiglotError):
    """The files that make the schema cannot be found or read."""

    code = "DG204"

    def __init__(self, *, source: str, problem: str) -> None:
        super().__init__(f"the migrations {source} cannot be read: {problem}. Fix: correct the path in [tool.diglot]")


class TemplateEdited(DiglotError):
    """A cached template is no longer what was sealed."""

    code = "DG205"

    def __init__(self, *, path: str, sealed: str, found: str) -> None:
        super().__init__(
            f"the cached template {path} was changed after it was sealed: its digest was {sealed}, now it is "
            f"{found}. Fix: diglot cache clear, or run once with --fresh-template"
        )


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())
