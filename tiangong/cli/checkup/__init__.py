"""What `tiangong doctor` looks at: this machine, an agent's host, a clone. Nothing is changed anywhere."""
