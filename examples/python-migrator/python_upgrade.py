"""A migration: every service of a fleet moves to another version of Python. The fleet is a folder with a folder for each."""

import argparse
import os
import pathlib
import re
import threading

from loom_migrator import Journal, Migrator, Refused, log, serve

# Where a file says which Python it wants.
PINS = {
    ".python-version": re.compile(r"(?m)^\d[\w.-]*"),
    "Dockerfile": re.compile(r"(?m)(?<=^FROM python:)\d[\w.-]*"),
}


class PythonUpgrade:
    """Change and undoing are the same deed with another version, and safe to repeat, for a crash may repeat them."""

    def __init__(self, fleet):
        self._fleet = pathlib.Path(fleet)
        rewrites = [
            {"name": name, "type": "rewrite", "config": {"file": file}, "compensable": True}
            for name, file in (("pin", ".python-version"), ("image", "Dockerfile"))
        ]
        self.announcement = {
            "id": "python-upgrade",
            "name": "Upgrade Python",
            "steps": [*rewrites, {"name": "review", "description": "A person looks at the change"}],
            "requiredInputs": [{"name": "version", "label": "Version", "description": "Such as 3.13"}],
            "migratorApp": "python-upgrade",
        }

    def candidates(self):
        return [{"id": name, "kind": "service", "state": self._pins_of(name)} for name in self._services()]

    def check(self, request):
        if handler_of(request) not in ("rewrite", "review"):
            raise Refused(f"This migrator has no handler for {handler_of(request)}.")
        self._folder_of(request["candidate"])

    def do(self, request):
        if handler_of(request) == "review":
            folder = self._folder_of(request["candidate"])
            return {"success": True, "phase": "awaiting_review", "metadata": {"instructions": f"Look at {folder}"}}
        file, version = request["config"]["file"], wanted_version(request["candidate"])
        self._write(self._change(request["candidate"], file, version))
        return {"success": True, "metadata": {"version": version}}

    def undo(self, request):
        """What was found at discovery comes with each dispatch: a run keeps the candidate that it started with."""
        candidate, file = request["candidate"], request["config"]["file"]
        if file in candidate.get("state", {}):
            self._write(self._change(candidate, file, candidate["state"][file]))
        return {"success": True}

    def preview(self, request):
        return {"steps": [self._preview_step(request["candidate"], step) for step in request["steps"]]}

    def _preview_step(self, candidate, step):
        answer = {"stepName": step["name"], "skipped": True}
        if step.get("type") != "rewrite":
            return answer
        try:
            change = self._change(candidate, step["config"]["file"], wanted_version(candidate))
        except Refused as error:
            return {**answer, "error": str(error)}
        if not change or change[1] == change[2]:
            return answer
        path, before, after = change
        diff = {"repo": candidate["id"], "path": path.name, "before": before, "after": after, "status": "modified"}
        return {**answer, "skipped": False, "files": [diff]}

    def _change(self, candidate, file, version):
        """The one place that says what a step changes, for preview, work and undoing. None without such a file."""
        path = self._folder_of(candidate) / file
        if file not in PINS or not path.exists():
            return None
        before = path.read_text()
        return path, before, PINS[file].sub(version, before, count=1)

    def _write(self, change):
        if change:
            path, _, after = change
            part = path.with_name(f"{path.name}.part")
            part.write_text(after)
            part.replace(path)  # whole or not at all

    def _services(self):
        return sorted(folder.name for folder in self._fleet.iterdir() if folder.is_dir())

    def _folder_of(self, candidate):
        """Only what lies in the fleet: an id may be `../secrets`."""
        if candidate["id"] not in self._services():
            raise Refused(f"The fleet has no service {candidate['id']}.")
        return self._fleet / candidate["id"]

    def _pins_of(self, service):
        paths = {file: self._fleet / service / file for file in PINS}
        found = {file: PINS[file].search(path.read_text()) for file, path in paths.items() if path.exists()}
        return {file: match.group() for file, match in found.items() if match}


def handler_of(request):
    return request.get("type") or request["stepName"]


def wanted_version(candidate):
    """Loom lays the operator's inputs over the candidate's metadata."""
    version = candidate.get("metadata", {}).get("version", "")
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        raise Refused(f"The version must be numbers and dots, such as 3.13, not {version!r}.")
    return version


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loom", required=True, help="Loom's URL, its base path included")
    parser.add_argument("--fleet", required=True, help="the folder with a folder for each service")
    parser.add_argument("--journal", default="python-upgrade.journal", help="a file that outlives this process")
    parser.add_argument("--port", type=int, default=3001, help="0 takes a free one")
    parser.add_argument("--url", help="where Loom reaches this migrator; this machine unless given")
    options = parser.parse_args()

    migration, journal = PythonUpgrade(options.fleet), Journal(options.journal)
    migrator = Migrator(migration, options.loom, os.environ.get("LOOM_TOKEN"), journal)
    port = serve(migrator, "127.0.0.1", options.port, os.environ.get("LOOM_SIGNING_SECRET"))
    log(f"Loom has the candidates: {migrator.open(options.url or f'http://127.0.0.1:{port}')}")
    threading.Event().wait()


if __name__ == "__main__":
    main()
