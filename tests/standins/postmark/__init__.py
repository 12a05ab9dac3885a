"""A stand-in for Postmark's API for sending mail: the same contract, without the network."""

from tests.standins.postmark.application import PostmarkStandIn

__all__ = ["PostmarkStandIn"]
