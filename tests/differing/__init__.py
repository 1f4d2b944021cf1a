"""Readers beside other people's parsers: `make differ`."""
