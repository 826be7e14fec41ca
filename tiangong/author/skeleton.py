"""The `release.yaml` of `tiangong release new`: it publishes as it is, and says in comments what else there is."""

import json
from typing import Any

from tiangong.documents.schema import schemas

SCHEMA = ".tiangong/release.schema.json"
PAYLOAD = "app"
EXAMPLE = (f"{PAYLOAD}/hello.txt", "Hello from a release. Put what is to be shipped into this folder.\n")

TEXT = """\
# yaml-language-server: $schema={schema}
# How {product} is installed, step by step. Publish it, from this folder, as often as there is a new version:
#   tiangong release publish --version 1.0.0 --repo CONTROL-REPOSITORY
# That copies this file and the files its steps name into the control repository, and signs them. A release is never
# edited afterwards.
metadata:
  name: {product}
spec:
  duration: 5m                # what must fit into a maintenance window
  # downtime: true            # then it waits for a window that allows downtime

  # What environments may set; everything without a default has to be set. Used below as ${{config.NAME}}.
  config:
    home: {{type: string, default: /srv/{product}, description: folder on the host}}
    # listen: {{type: integer, default: 8080}}

  # Also known in steps: ${{release.version}}, ${{env.name}}, ${{env.labels.NAME}}, ${{install.name}}.
  steps:
    - name: place
      executor: file
      with: {{place: {payload}, to: "${{config.home}}/releases/${{release.version}}", keep: 3}}
    - name: switch
      executor: file
      with: {{link: "${{config.home}}/current", to: "${{config.home}}/releases/${{release.version}}"}}
    # - name: settings
    #   executor: file
    #   with: {{template: settings.j2, to: "${{config.home}}/settings", values: {{listen: "${{config.listen}}"}}}}
    # - name: restart
    #   executor: shell       # programs have to be in the environment's envelope
    #   with: {{run: [systemctl, restart, {product}]}}
    # - name: check
    #   executor: http
    #   with: {{get: "http://localhost:${{config.listen}}/health", expect: {{status: 200}}, within: 30s}}

  # artifacts: [{{name: web}}]  # large files: release publish --artifact web=FILE; used as unpack: "${{artifact.web}}"
  # health: [check]           # steps that are looked at again and again
  # payload: [sql/*.sql]      # files to ship that no step names
"""


def skeleton(product: str) -> dict[str, str]:
    """Path beside the app's code → text."""
    text = TEXT.format(schema=SCHEMA, product=product, payload=PAYLOAD)
    return {"release.yaml": text, SCHEMA: json.dumps(short_schema(), indent=2) + "\n"}


def short_schema() -> dict[str, Any]:
    """The schema of a release in its short form: what publishing fills in may be left out."""
    schema: dict[str, Any] = json.loads(json.dumps(schemas()["release.schema.json"]))
    schema["required"] = ["spec"]
    schema["$defs"]["Metadata"].pop("required", None)
    payload = {"type": "array", "items": {"type": "string"}, "description": "Globs of files that no step names."}
    schema["$defs"]["ReleaseSpec"]["properties"]["payload"] = payload
    schema["$defs"]["Artifact"]["required"] = ["name"]
    return schema
