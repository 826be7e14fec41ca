"""The command line. `table.py` names every command without importing it; one file per command."""
