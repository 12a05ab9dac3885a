"""Tickets, and whose address is which customer."""
