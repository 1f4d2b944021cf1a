"""What does a script do, step by step? The walk over its commands, with nothing run."""
