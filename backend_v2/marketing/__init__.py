"""Who wants to hear from us, and who does not."""
