"""Trains, measures and exports the networks that Sotto runs."""

__version__ = "0.1.0"
