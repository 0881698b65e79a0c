#!/usr/bin/env python3
"""Sets the figures of a benchmark side by side: lines "who<TAB>what<TAB>ns" on stdin, a file of goals.

A goal is nanoseconds, or a share of a peer's figure of the same run, which is fair on any machine (and may
say nanoseconds for a run without that peer). Exit 1 when a goal is missed.
"""
import sys


def read_goals(path):
    goals = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                what, _, goal = line.rstrip("\n").partition("\t")
                goals[what] = goal.split()
    return goals


def limit_of(goal, row):
    """The most nanoseconds a goal allows, or None when its peer is absent and it says nothing for that."""
    if len(goal) == 1:
        return float(goal[0])
    if goal[1] in row:
        return float(goal[0]) * row[goal[1]]
    return float(goal[2]) if len(goal) > 2 else None


def main():
    goals, rows = read_goals(sys.argv[1]), {}
    for line in sys.stdin:
        parts = line.rstrip("\n").split("\t")
        if len(parts) == 3:
            rows.setdefault(parts[1], {})[parts[0]] = float(parts[2])
    missed = 0
    print(f"{'':24}{'ns':>12}  {'goal':>10}  peers (ns, times ours)")
    for what, row in rows.items():
        ours = row.get("smokegate")
        if ours is None:
            continue
        limit = limit_of(goals[what], row) if what in goals else None
        peers = ", ".join(f"{who} {ns:,.0f} ({ns / ours:.2f} x)" for who, ns in row.items() if who != "smokegate")
        late = limit is not None and ours > limit
        missed += late
        print(f"{what:24}{ours:12,.0f}  {f'{limit:,.0f}' if limit else '-':>10}  {peers}{'   MISSED' if late else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
