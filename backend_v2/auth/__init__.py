"""Who a user is: passkeys, sessions, and the record of what happened."""
