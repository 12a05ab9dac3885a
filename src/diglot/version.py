"""The version of Diglot, as installed."""

from importlib.metadata import version

VERSION = version("diglot")
