"""Models are built when first used; many threads may be first at once."""

import subprocess
import sys

MANY = """
import threading
from tiangong.documents.parse import parse
from tiangong.model.status import Heartbeat, Receipt, SaidReason, Status
from tiangong.model.kinds import KINDS

assert not any(model.__pydantic_complete__ for model in KINDS.values()), "nothing is built before it is used"
raw = b'''apiVersion: tiangong.dev/v1
kind: Installation
metadata:
  name: shop
  environment: dev
spec:
  product: shop
  channel: release
'''
start = threading.Barrier(16)
found, wrong = [], []

def first(number):
    start.wait()
    try:
        SaidReason.model_json_schema() if number % 2 else None
        found.append(parse(raw, "environments/dev/installations/shop.yaml").model_dump(mode="json", by_alias=True))
    except BaseException as error:
        wrong.append(repr(error))

threads = [threading.Thread(target=first, args=(number,)) for number in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert not wrong, wrong
assert len(found) == 16 and all(one == found[0] for one in found), found
assert found[0]["spec"]["product"] == "shop"
"""


def test_threads_that_are_first_together_all_get_the_whole_model() -> None:
    for _ in range(3):
        words = [sys.executable, "-X", "dev", "-c", f"import sys; sys.setswitchinterval(1e-6)\n{MANY}"]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
