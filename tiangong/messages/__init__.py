"""The one catalogue of sentences people see, by code: `en/<subject>.py` holds the codes `<subject>/…`."""

from tiangong.messages.catalogue import Sentence, explain, render, text

__all__ = ["Sentence", "explain", "render", "text"]
