"""What the checks of the chain share: a database that goes up and down it, with rows, and can be had again."""
