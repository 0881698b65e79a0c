"""Files into a C table, so that the program carries them: embed.py OUT.c NAME=FILE..."""
import sys


def literal(data):
    """C string literals of at most one line of the file each; bytes beyond ASCII and controls as octal."""
    out = []
    for line in data.splitlines(keepends=True) or [b""]:
        text = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else "\\%03o" % b for b in line)
        out.append('    "%s"' % text)
    return "\n".join(out)


def main(out, *rows):
    parts = ['#include "cli/embedded.h"\n\nconst struct embedded embedded_files[] = {']
    for row in rows:
        name, path = row.split("=", 1)
        with open(path, "rb") as f:
            data = f.read()
        parts.append('    {"%s", {\n%s,\n    %d}},' % (name, literal(data), len(data)))
    parts.append("};\nconst size_t embedded_file_count = sizeof(embedded_files) / sizeof(embedded_files[0]);\n")
    with open(out, "w", encoding="ascii") as f:
        f.write("\n".join(parts))


main(*sys.argv[1:])
