"""Writes JSON files as one C table: their URI ("$id" or "id"), text and length.

usage: embed.py OUT.c FILE.json...
"""
import json
import sys


def literal(text):
    lines = []
    for line in text.splitlines(keepends=True):
        escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("?", "\\?")
        lines.append(f'     "{escaped}"')
    return "\n".join(lines)


def main(out, paths):
    rows = []
    for path in sorted(paths):
        with open(path, encoding="ascii") as f:
            text = f.read()
        document = json.loads(text)
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=True)
        uri = (document.get("$id") or document["id"]).rstrip("#")
        rows.append(f'    {{"{uri}",\n{literal(text)},\n     {len(text)}}},\n')
    with open(out, "w", encoding="ascii") as f:
        f.write('#include "json/schema/metaschemas.h"\n\n')
        f.write("const struct metaschema metaschemas[] = {\n" + "".join(rows) + "};\n")
        f.write(f"const size_t metaschema_count = {len(rows)};\n")


main(sys.argv[1], sys.argv[2:])
