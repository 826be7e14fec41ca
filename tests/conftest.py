"""Every test is in English, whatever language its author speaks."""

import os

for name in ("LC_MESSAGES", "LANG"):
    os.environ.pop(name, None)
os.environ["LC_ALL"] = "C.UTF-8"
