"""Importing pyarrow with less memory, for a process that only writes files with it."""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import cast

# pyarrow does without each of them. In MiB: numpy 14, pandas 45, the clients of cloud storage together 4.
NOT_NEEDED = ("numpy", "pandas", "pyarrow._s3fs", "pyarrow._gcsfs", "pyarrow._azurefs", "pyarrow._hdfs")


def import_lean_pyarrow() -> None:
    """Import pyarrow without NOT_NEEDED, as far as the process has not imported them, and let it use the allocator of
    the system, which gives memory back where pyarrow's own keeps up to 20 MiB.

    Later imports of numpy and pandas are as usual, but pyarrow looks for them only once. Raises ImportError.
    """
    without = [name for name in NOT_NEEDED if name not in sys.modules]
    absent = cast("dict[str, ModuleType]", dict.fromkeys(without))  # an import of None raises ImportError
    sys.modules.update(absent)
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # read once, when pyarrow is loaded
    try:
        import pyarrow as pa
        import pyarrow.parquet  # looks for the cloud storage

        pa.array([])  # looks for pandas
    finally:
        for name in without:
            del sys.modules[name]
