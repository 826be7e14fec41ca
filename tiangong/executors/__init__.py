"""Ways to act, found by entry point and loaded when first used; they do not know each other."""
