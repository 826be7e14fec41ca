"""Bytes to documents and back: strict YAML, parsing with places, stamping, paths, digests, schemas. Pure."""
