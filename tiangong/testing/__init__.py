"""Shipped for tests of ours and of third parties: fakes, simulator, origin, conformance suite."""
