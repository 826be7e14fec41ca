"""Runs steps: workers, guard, journal before and after, recovery after a crash."""
