"""What do command lines mean? Flags, launchers, schedulers, packages and images: one parser each, for every reader."""
