"""How often a message is lost or doubled when the server is killed at random moments of delivery.

./run bench kill [KILLS]   prints one line; exit code 1 when one was lost or doubled.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.flow.killing import kill_repeatedly


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    chance = int(time.time())
    with tempfile.TemporaryDirectory(prefix="supplywatch-kill-") as folder:
        toll = kill_repeatedly(Path(folder), kills=kills, texts=20 * kills, mails=4 * kills, seed_of_chance=chance)
    print(
        f"kill: {toll.kills} kills, {toll.amid} with messages under way; {toll.texts} texts and {toll.mails} mails: "
        f"{len(toll.lost)} lost, {len(toll.doubled)} doubled, {toll.repeated} mails repeated under one Message-ID; "
        f"{toll.took:.0f} s, chance {chance}" + "".join(f"; {p}" for p in toll.problems)
    )
    sys.exit(0 if toll.clean else 1)


if __name__ == "__main__":
    main()
