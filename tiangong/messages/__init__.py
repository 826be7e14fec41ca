"""The one catalogue of sentences people see, by code: `en/<subject>.py` holds the codes `<subject>/…`, `zh/` its words.

From here they are English, which is what may be kept; `tiangong.messages.spoken` says them in a person's language.
"""

from tiangong.messages.catalogue import Sentence, explain, render, text

__all__ = ["Sentence", "explain", "render", "text"]
