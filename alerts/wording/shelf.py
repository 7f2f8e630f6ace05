"""Where templates lie: the operator's folder stands in front of the shipped one, file by file."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


class WordingError(Exception):
    """A template, table or content cannot be used. file: path below templates/. reason and mend: in plain words."""

    def __init__(self, file: str, reason: str, mend: str, line: int = 0) -> None:
        where = f"templates/{file}" + (f", line {line}" if line else "")
        super().__init__(f"{where}: {reason}. Mend: {mend}.")
        self.file = file
        self.reason = reason
        self.mend = mend
        self.line = line


@dataclass(frozen=True, slots=True)
class Shelf:
    """Template folders, the first one that has a file wins. folders: the operator's (if any), then the shipped one."""

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, shipped_dir: Path, operator_dir: Path | None = None) -> Shelf:
        """Raises WordingError when a folder does not exist.

        A mistyped folder must not silently mean "the shipped words".
        """
        folders = (shipped_dir,) if operator_dir is None else (operator_dir, shipped_dir)
        for folder in folders:
            if not folder.is_dir():
                raise WordingError(
                    str(folder), "is not a folder", "create it or correct folder under [templates] in config.toml"
                )
        return cls(folders)

    def find(self, name: str) -> Path | None:
        """The file that a name such as "sms/en/rise.txt" stands for, None when no folder has it."""
        return next((path for folder in self.folders if (path := folder / name).is_file()), None)

    def read(self, name: str) -> str:
        """The text of a file. Raises WordingError when it is absent or not UTF-8."""
        path = self.find(name)
        if path is None:
            raise WordingError(name, "does not exist", "add it, or correct the name")
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise WordingError(name, f"is not UTF-8 text (byte {error.start})", "save it as UTF-8") from None

    def stamp(self) -> str:
        """Changes whenever any file of the folders does: its name, its size or the time it was written."""
        seen = hashlib.sha256()
        for folder in self.folders:
            for place, folders, files in os.walk(folder):
                folders.sort()
                for name in sorted(files):
                    about = os.stat(os.path.join(place, name))
                    seen.update(f"{place}|{name}|{about.st_mtime_ns}|{about.st_size}\n".encode())
        return seen.hexdigest()

    def languages(self) -> tuple[str, ...]:
        """Languages that have a table of words, English first."""
        found = {path.stem for folder in self.folders for path in (folder / "words").glob("*.toml")}
        return tuple(sorted(found, key=lambda language: (language != "en", language)))

    def overridden(self) -> tuple[str, ...]:
        """Names of files in which an operator's folder stands in front of the shipped one."""
        return tuple(name for name in self._own() if (self.folders[-1] / name).is_file())

    def added(self) -> tuple[str, ...]:
        """Names of an operator's files that stand in front of none: a language of their own, or a slip of the pen."""
        return tuple(name for name in self._own() if not (self.folders[-1] / name).is_file())

    def _own(self) -> tuple[str, ...]:
        return tuple(
            path.relative_to(folder).as_posix()
            for folder in self.folders[:-1]
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        )
