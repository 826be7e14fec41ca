"""What is wrong in a whole repository, found without a key: documents, references, times, authority, what would run."""
