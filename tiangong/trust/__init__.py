"""Who may say what; pure: bytes in, trusted values out."""
