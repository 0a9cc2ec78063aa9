"""`scripts/benchmark trail`: what reading a trail costs, beside gunzip and those that would search it otherwise."""

import datetime
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys

from . import logs, timing

MIB = 1 << 20
READY = "git pushtrail: ledger in memory"
FLOOR = "libdeflate-gunzip -c"


def add_arguments(parser):
    parser.add_argument("--sets", default="mixed,codecommit,builds,import", help="which to measure")
    parser.add_argument("--mixed", default="400x1600", help="files x records of the logs of many services")
    parser.add_argument("--git", type=float, default=0.005, help="the part of those records that is CodeCommit's")
    parser.add_argument("--codecommit", default="40x5000", help="files x records of GitPush and GitPull alone, by people and by builds")
    parser.add_argument("--pushes", default="400x500", help="files x GitPush records for import and show")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=1, help="rounds of the peers that take long; 0 leaves them out")


def run(arguments, binary, folder):
    """Returns what was measured, for --json."""
    def shape(name, text, git, pulls=0.5, builds=0.0):
        count, records = (int(part) for part in text.split("x"))
        return logs.Shape(name, count, records, git, pulls, builds, arguments.seed)

    shapes = {"mixed": shape("mixed", arguments.mixed, arguments.git),
              "codecommit": shape("codecommit", arguments.codecommit, 1.0),
              "builds": shape("builds", arguments.codecommit, 1.0, builds=1.0),
              "import": shape("pushes", arguments.pushes, 1.0, 0.0)}
    folder.mkdir(parents=True, exist_ok=True)
    machine = about_machine()
    print(f"{machine['processors']} processors ({machine['model']}), {machine['memory'] >> 30} GiB")
    results = {"machine": machine, "sets": []}
    for name in arguments.sets.split(","):
        world = logs.make(shapes[name], folder)
        measure = measure_ledger if name == "import" else measure_reading
        results["sets"].append(measure(name, binary, world, arguments))
        show(results["sets"][-1])
    return results


def about_machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    return {"processors": os.cpu_count(), "model": model,
            "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")}


def now(shape_files):
    """A day after the last file was delivered."""
    stamp = max(pathlib.Path(file).name.split("_")[3] for file in shape_files)
    moment = datetime.datetime.strptime(stamp, "%Y%m%dT%H%MZ") + datetime.timedelta(days=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def ready(result):
    """A run of ours up to where all of the trail is in memory, as a run of its own: from the process's start on."""
    phase = next(phase for phase in result.phases if phase["phase"] == "ledger")
    return timing.Run(phase["at"] - result.start, phase["processor"], phase["peak"], [], b"")


def alone(result, name):
    """One phase of a run of ours, as a run of its own."""
    phase = next(phase for phase in result.phases if phase["phase"] == name)
    return timing.Run(phase["wall"], phase["cpu"], phase["peak"], [], b"")


def report_command(binary, files, *evidence):
    return [str(binary), "report", "--format", "json", "--commits", "count", "--now", now(files), *evidence]


def contenders(binary, world, files):
    """{name: (whether it takes long, what runs it)}; those that are not here are named."""
    trail = str(world / "trail")
    query = subprocess.run([str(binary), "sql", "duckdb", "--table", trail + "/**/*.json.gz"], capture_output=True, text=True,
                           check=True).stdout.replace("'codecommit.json'", "'/dev/null'")
    script = f"import duckdb; duckdb.execute('SET threads = {os.cpu_count()}'); duckdb.execute({query!r})"
    select = 'zcat "$@" | jq -c \'.Records[] | select(.eventSource == "codecommit.amazonaws.com")\''
    report = report_command(binary, files, "--trail", trail)
    clone = world / "clone"
    found = {FLOOR: (False, lambda: timing.run(["libdeflate-gunzip", "-c", *files], world, keep=False)),
             "report": (False, lambda: timing.run(report, clone, expected=(0, 1, 3), keep=False))}
    if shutil.which("zgrep"):
        found["zgrep -c"] = (True, lambda: timing.run(["zgrep", "-c", "codecommit.amazonaws.com", *files], world,
                                                      expected=(0, 1), keep=False))
    if shutil.which("jq"):
        found["zcat | jq select"] = (True, lambda: timing.run(["sh", "-c", select, "sh", *files], world, keep=False))
    if importlib.util.find_spec("duckdb"):
        found["DuckDB, git pushtrail sql"] = (True, lambda: timing.run([sys.executable, "-c", script], world, keep=False))
    for name, tool in (("zgrep -c", "zgrep"), ("zcat | jq select", "jq"), ("DuckDB, git pushtrail sql", "Python's duckdb")):
        if name not in found:
            print(f"skipped, for {tool} is not here: {name}")
    return found


def measure_reading(name, binary, world, arguments):
    if not shutil.which("libdeflate-gunzip"):
        raise SystemExit("libdeflate-gunzip is not here: on Debian, libdeflate-tools has it")
    files = logs.files(world)
    found = contenders(binary, world, files)
    quick = {name: work for name, (isSlow, work) in found.items() if not isSlow}
    slow = {name: work for name, (isSlow, work) in found.items() if isSlow}
    runs = timing.in_turn(arguments.rounds, **quick)
    runs[READY] = [ready(result) for result in runs["report"]]
    pairs = {name: runs[FLOOR] for name in runs}
    # Whoever takes long runs between runs of the floor of its own.
    for _ in range(arguments.peer_rounds if slow else 0):
        for peer, work in slow.items():
            pairs.setdefault(peer, []).append(quick[FLOOR]())
            runs.setdefault(peer, []).append(work())
    order = [FLOOR, READY, "report", *(peer for peer in slow if peer in runs)]
    rows = [row(peer, runs[peer], pairs[peer]) for peer in order]
    text = sum(int.from_bytes(open(file, "rb").read()[-4:], "little") for file in files)
    return {"set": name, "files": len(files), "bytes": sum(os.path.getsize(file) for file in files), "text": text,
            "rounds": arguments.rounds, "rows": rows}


def row(name, runs, floor=None):
    result = {"name": "git pushtrail report, all of it" if name == "report" else name, "runs": len(runs),
              "wall": timing.median(runs, lambda run: run.wall), "cpu": timing.median(runs, lambda run: run.cpu),
              "peak": timing.median(runs, lambda run: run.peak)}
    if floor:
        result["wallRatio"] = timing.ratio(runs, floor, lambda run: run.wall)
        result["cpuRatio"] = timing.ratio(runs, floor, lambda run: run.cpu)
    return result


def measure_ledger(name, binary, world, arguments):
    """Import at first, with nothing new and with a new day; then questions to the ledger, and to the files without it."""
    files = logs.files(world)
    trail, partly = world / "trail", world / "all-but-the-last-day"
    last = pathlib.Path(files[-1]).parent
    if not partly.exists():
        shutil.copytree(trail, partly, copy_function=os.link,
                        ignore=lambda folder, _: [last.name] if pathlib.Path(folder) == last.parent else [])
    ledger, clone = world / "ledger", world / "clone"
    event = logs.some_event(files[len(files) // 2])

    def forget():
        for file in world.glob("ledger*"):
            file.unlink()

    def load(source):
        return timing.run([str(binary), "import", str(source), "--ledger", str(ledger)], world, keep=False)

    def first():
        forget()
        return load(trail)

    def day():
        # The folder's name is no part of what a file is known by, so that what was imported already is not new.
        forget()
        load(partly)
        return load(trail)

    def ask(*more):
        command = [str(binary), "show", event, "--ledger", str(ledger), "--now", now(files), *more]
        return timing.run(command, clone, keep=False)

    def report(*evidence):
        return timing.run(report_command(binary, files, *evidence), clone, expected=(0, 1, 3), keep=False)

    runs = timing.in_turn(arguments.rounds, **{
        "import, one new day": day, "import, all new": first, "import, nothing new": lambda: load(trail),
        "show --as-logged EVENT": lambda: ask("--as-logged"), "show EVENT": ask,
        "report from the files": lambda: report("--trail", str(trail)),
        "report from the ledger": lambda: report("--ledger", str(ledger))})
    for source in ("report from the files", "report from the ledger"):
        for phase in ("trail", "ledger"):
            runs[f"{source}: {phase}"] = [alone(result, phase) for result in runs[source]]
    size = ledger.stat().st_size
    return {"set": name, "files": len(files), "bytes": sum(os.path.getsize(file) for file in files), "ledger": size,
            "newFiles": sum(pathlib.Path(file).parent == last for file in files), "rounds": arguments.rounds,
            "rows": [row(name, results) for name, results in runs.items()]}


def show(result):
    size = f"{result['bytes'] / MIB:.0f} MiB" + (f", {result['text'] / 1e6:.0f} MB inflated" if "text" in result else "")
    more = f"; the ledger takes {result['ledger'] / MIB:.0f} MiB, the last day has {result['newFiles']} files" \
        if "ledger" in result else ""
    print(f"\n{result['set']}: {result['files']} files, {size}{more}; medians of {result['rounds']} rounds in turn", flush=True)
    head = ["", "runs", "wall s", "cpu s", "peak MiB"]
    hasRatio = any("wallRatio" in row for row in result["rows"])
    rows = []
    for row in result["rows"]:
        cells = [row["name"], row["runs"], f"{row['wall']:.3f}", f"{row['cpu']:.3f}", f"{row['peak'] / MIB:.0f}"]
        if hasRatio:
            cells += [f"{row['wallRatio']:.2f}", f"{row['cpuRatio']:.2f}"]
        rows.append(cells)
    timing.table(head + (["x gunzip", "x its cpu"] if hasRatio else []), rows)
