"""The agent's memory on disk, and the pure fold of its events into history."""
