"""What an operator does on the agent's host: join, resolve, accept a history."""
