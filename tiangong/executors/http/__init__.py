"""Calls over HTTP: ask, compare the answer, wait until it is healthy."""

from tiangong.executors.http.executor import Http

__all__ = ["Http"]
