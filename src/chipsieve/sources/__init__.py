"""Where do the texts come from? A folder or a git revision, the readers that open them, and the cache."""
