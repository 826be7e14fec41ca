"""Sentences of `tiangong completion`."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "how-bash": Sentence("Load it at every start: echo 'source <(tiangong completion bash)' >> ~/.bashrc"),
    "how-zsh": Sentence("Load it at every start: echo 'source <(tiangong completion zsh)' >> ~/.zshrc"),
    "how-fish": Sentence("Load it at every start: tiangong completion fish > ~/.config/fish/completions/tiangong.fish"),
}
