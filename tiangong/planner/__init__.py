"""From wishes and facts to a plan; pure and deterministic."""
