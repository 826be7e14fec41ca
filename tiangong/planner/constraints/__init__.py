"""Reasons to wait, one file each."""
