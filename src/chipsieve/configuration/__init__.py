"""What do the developers ask for? The configuration file, excluded files, and comments that leave findings out."""
