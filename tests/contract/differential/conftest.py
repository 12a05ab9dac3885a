"""Both databases at once."""

from diglot.plugin.lockstep import diglot_lockstep  # noqa: F401 - pytest finds fixtures by their names here
