"""The whole line on one machine: origin, people, three agents."""
