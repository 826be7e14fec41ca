"""The git binary (hardened) moves objects, pygit2 reads and writes them."""
