"""Stand-ins for services that Raptor calls: the same contract, without the network."""
