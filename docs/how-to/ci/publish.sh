#!/bin/sh
# Publishes the release.yaml of this folder as VERSION (v1.4.0 or 1.4.0): clones the control repository, signs, pushes.
# Needs: CONTROL_URL, CONTROL_TOKEN (may push there; empty where none is asked for), TIANGONG_KEY (a private key).
set -eu
umask 077
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
printf '%s\n' "$TIANGONG_KEY" > "$room/key"
# The token goes into a file only git reads, never into an address or onto a command line.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=credential.helper
export GIT_CONFIG_VALUE_0='!f() { echo username=ci; echo "password=$CONTROL_TOKEN"; }; f'
git clone --quiet "$CONTROL_URL" "$room/control"
git -C "$room/control" config user.name ci-release
git -C "$room/control" config user.email ci-release@localhost
try=1
until tiangong release publish --version "${VERSION#v}" --repo "$room/control" --key "$room/key" --push --yes; do
  [ "$try" -lt 3 ] || exit 1
  try=$((try + 1))
  git -C "$room/control" fetch --quiet  # somebody else pushed meanwhile
  git -C "$room/control" reset --quiet --hard '@{upstream}'
done
