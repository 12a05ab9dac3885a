"""What Postmark tells: messages that came in, and messages that were delivered."""
