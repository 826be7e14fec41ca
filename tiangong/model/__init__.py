"""What the signed YAML says, and the values that travel down the line; frozen, no I/O."""
