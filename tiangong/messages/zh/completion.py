"""In Chinese: sentences of `tiangong completion`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "how-bash": Words("每次启动时加载：echo 'source <(tiangong completion bash)' >> ~/.bashrc"),
    "how-zsh": Words("每次启动时加载：echo 'source <(tiangong completion zsh)' >> ~/.zshrc"),
    "how-fish": Words("每次启动时加载：tiangong completion fish > ~/.config/fish/completions/tiangong.fish"),
}
