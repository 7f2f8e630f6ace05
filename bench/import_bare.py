"""The rows of a first import written with sqlite3 alone, in a process of its own: they are all held in memory."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path


def bare(imported: Path, into: Path) -> dict[str, float]:
    """Seconds on the wall and of the processor, from tuples in memory into the same tables and indexes.

    As the import does it: one transaction, a write-ahead log that is synchronous, foreign keys checked. All else is as
    the sqlite3 module has it.
    """
    with closing(sqlite3.connect(imported)) as connection:
        schema = [
            row[0]
            for row in connection.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name IN ('samples', 'findings') AND sql IS NOT NULL "
                "ORDER BY type DESC"
            )
        ]
        tables = {
            "samples": connection.execute("SELECT * FROM samples WHERE revision = 1 ORDER BY id").fetchall(),
            "findings": connection.execute(
                "SELECT f.* FROM findings f JOIN samples s ON s.id = f.sample WHERE s.revision = 1 "
                "ORDER BY f.sample, f.position"
            ).fetchall(),
        }
    with closing(sqlite3.connect(into, isolation_level=None)) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        for statement in schema:
            connection.execute(statement)
        started, used = time.perf_counter(), time.process_time()
        connection.execute("BEGIN IMMEDIATE")
        for name, rows in tables.items():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        connection.execute("COMMIT")
        return {"wall": time.perf_counter() - started, "cpu": time.process_time() - used}


if __name__ == "__main__":
    print(json.dumps(bare(Path(sys.argv[1]), Path(sys.argv[2]))))
