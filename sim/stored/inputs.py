"""The files a result was made from, kept in its folder as one archive that anybody can open."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from sim.store import INPUTS, StoredRun, StoreError

INDEX = "index.json"
MOST_BYTES = 256 * 2**20  # of all files together; scenarios and tables of a result are some 400 kB
MOST_FILES = 10_000
ARCHIVE_BYTES, INDEX_BYTES = 32 * 2**20, 4 * 2**20
DAMAGED = (OSError, EOFError, LookupError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error)
"""What reading an archive that anybody may have made can raise."""


def write_inputs(path: Path, files: Mapping[str, bytes]) -> None:
    """Write the archive: the files under numbered names, and an index that says what each was called."""
    entries = {f"{number:04d}-{_plain(name)}": name for number, name in enumerate(sorted(files))}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, INDEX, json.dumps(entries, indent=1).encode())
        for entry, name in entries.items():
            _add(archive, entry, files[name])


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name.replace("\\", "/").rpartition("/")[2])[-60:]


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file without the time of day, so that the same files make the same archive."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(entry, content)


def read_inputs(stored: StoredRun) -> dict[str, bytes]:
    """Content by name of the files that a result was made from.

    Raises
    ------
    StoreError
        When the result keeps none, or its archive is damaged.
    """
    if INPUTS not in stored.manifest["files"]:
        raise StoreError(
            f"{stored.path}: was saved before results kept the files they were made from ({INPUTS}), so it cannot be "
            "made again from its folder alone; run it anew"
        )
    return unpack(stored.file(INPUTS))


def unpack(path: Path) -> dict[str, bytes]:
    """Content by name of the files in an archive.

    Raises
    ------
    StoreError
        When it is no such archive.
    """
    try:
        if path.stat().st_size > ARCHIVE_BYTES:  # the list of its files alone could fill the memory
            raise StoreError(f"{path}: holds more than the files of a result")
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(each.file_size for each in entries) > MOST_BYTES:
                raise StoreError(f"{path}: holds more than the files of a result")
            if any(each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for each in entries):
                raise ValueError("packed in another way than results are")
            if archive.getinfo(INDEX).file_size > INDEX_BYTES:
                raise ValueError("its index is too long")
            index = json.loads(archive.read(INDEX))
            if not isinstance(index, dict) or not all(isinstance(name, str) for name in index.values()):
                raise ValueError("its index is no list of files")
            return {name: archive.read(entry) for entry, name in index.items()}
    except DAMAGED as error:
        what = " ".join(str(error).split())[:200]
        raise StoreError(f"{path}: damaged ({what}), so the result cannot be made again; run it anew") from error
