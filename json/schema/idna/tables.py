"""Writes the tables of RFC 5892 (which code points a host name may hold) and what else checking one
needs of Unicode, from Python's own Unicode data.

usage: tables.py OUT.c
"""
import sys
import unicodedata as u

PVALID = {0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007}
DISALLOWED = {0x640, 0x7FA, 0x302E, 0x302F, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303B}
CONTEXT = {0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x200C, 0x200D} | set(range(0x660, 0x66A)) | set(range(0x6F0, 0x6FA))
JAMO = [(0x1100, 0x11FF), (0xA960, 0xA97C), (0xD7B0, 0xD7FB)]
# Default_Ignorable_Code_Point among letters and marks, and the blocks of RFC 5892, section 2.4.
IGNORABLE = [(0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x20D0, 0x20FF), (0x3164, 0x3164),
             (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0x1D100, 0x1D24F), (0xE0000, 0xE0FFF)]
BIDI = ["L", "R", "AL", "AN", "EN", "ES", "CS", "ET", "ON", "BN", "NSM"]


def inside(cp, ranges):
    return any(first <= cp <= last for first, last in ranges)


def valid(cp):
    c = chr(cp)
    if cp in PVALID or cp in CONTEXT:
        return True
    if cp in DISALLOWED or 0xD800 <= cp <= 0xDFFF:
        return False
    if cp < 0x80:
        return c in "abcdefghijklmnopqrstuvwxyz0123456789-"
    if u.category(c) not in ("Ll", "Lu", "Lo", "Nd", "Lm", "Mn", "Mc") or inside(cp, JAMO) or inside(cp, IGNORABLE):
        return False
    return u.normalize("NFKC", u.normalize("NFKC", c).casefold()) == c


def ranges(value_of):
    """Runs of code points with the same value, those without (None) left out."""
    runs = []
    for cp in range(0x110000):
        v = value_of(cp)
        if v is None:
            continue
        if runs and runs[-1][1] == cp - 1 and runs[-1][2] == v:
            runs[-1][1] = cp
        else:
            runs.append([cp, cp, v])
    return runs


def bidi(cp):
    name = u.bidirectional(chr(cp))
    return BIDI.index(name) if name in BIDI and name != "L" else None


def compositions():
    for cp in range(0x110000):
        parts = u.decomposition(chr(cp)).split()
        if len(parts) == 2 and not parts[0].startswith("<") and u.normalize("NFC", chr(cp)) == chr(cp):
            yield int(parts[0], 16), int(parts[1], 16)


def table(out, name, runs):
    rows = [f"{{0x{first:x}, 0x{last:x}, {value}}}" for first, last, value in runs]
    out.write(f"const struct idna_range {name}[] = {{\n")
    for i in range(0, len(rows), 4):
        out.write("    " + ", ".join(rows[i:i + 4]) + ",\n")
    out.write(f"}};\nconst size_t {name}_count = {len(rows)};\n\n")


def main(path):
    with open(path, "w", encoding="ascii") as out:
        out.write('#include "json/schema/idna.h"\n\n')
        table(out, "idna_valid", ranges(lambda cp: 1 if valid(cp) else None))
        table(out, "idna_bidi", ranges(bidi))
        table(out, "idna_marks", ranges(lambda cp: 1 if u.category(chr(cp)).startswith("M") else None))
        table(out, "idna_combining", ranges(lambda cp: u.combining(chr(cp)) or None))
        table(out, "idna_compositions", sorted((a, b, 0) for a, b in compositions()))


main(sys.argv[1])
