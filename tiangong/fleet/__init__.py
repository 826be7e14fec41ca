"""Reads every environment's signed status from a person's clone."""
