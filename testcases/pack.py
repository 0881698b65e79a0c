"""Packs one executable as `bootstrap` into a zip whose bytes depend on nothing else.

usage: pack.py OUTPUT.zip EXECUTABLE
"""
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as package, open(sys.argv[2], "rb") as program:
    entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    entry.external_attr = 0o100755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(entry, program.read())
