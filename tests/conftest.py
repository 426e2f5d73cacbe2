"""What every test stands on: a data folder of its own, and settings read from nowhere else."""

from __future__ import annotations

import os
import tempfile

for name in [name for name in os.environ if name.startswith("DOORSYNC_") and not name.startswith("DOORSYNC_TEST_")]:
    del os.environ[name]
os.environ["DOORSYNC_DATA"] = tempfile.mkdtemp(prefix="doorsync-tests-")
os.environ["DOORSYNC_DATABASE_URL"] = os.environ.get("DOORSYNC_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"
