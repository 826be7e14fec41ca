"""Files too large for the repository, found by their SHA-256 in a store, compared before anybody uses them."""
