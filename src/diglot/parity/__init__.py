"""Parity: record what a test did on each dialect, say where the two disagree, and why."""
