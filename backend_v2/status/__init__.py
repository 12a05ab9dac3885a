"""Whether Raptor is well: health, readiness, and events of the status page."""
