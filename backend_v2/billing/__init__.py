"""What vendors charge for running Raptor."""
