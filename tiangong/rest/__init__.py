"""An agent at rest: what it noted when nothing was left to do, and how `agent once` tells that nothing changed since.

`look` and what it stands on load no library, so that looking costs little more than asking the remote (ADR 20).
"""
