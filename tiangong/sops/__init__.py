"""SOPS files opened and written here, in memory: age (X25519), AES-256-GCM values, the MAC over all of them (D23)."""
