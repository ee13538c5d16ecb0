"""The migrator's side of Loom's contract, written from openapi.yaml with the standard library alone (Python 3.9 or later).

A migration is an object with `announcement`, `candidates()`, `check(request)`, `do(request)`, `undo(request)` and
`preview(request)`; see python_upgrade.py. Everything else that the contract asks of a migrator is here.
"""

import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import queue
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

LONGEST_PAUSE = 60  # seconds between two tries


class Refused(Exception):
    """What was asked makes no sense. A call is answered with 422 then, so that its step fails with this message at once."""


class Journal:
    """Calls that were taken, their outcomes, and the outcomes that Loom has: one line each, on disk before it counts."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self.calls, self.events, self.reported = {}, {}, set()
        self._file = open(path, "a+b")
        self._file.seek(0)
        lines = self._file.read().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):  # cut off by a crash: it never counted
            self._file.truncate(sum(map(len, lines)) - len(lines.pop()))
        for line in lines:
            self._apply(**json.loads(line))

    def take(self, request, is_undo):
        """Takes a call. False when it is known: a dispatch comes at least once, and its work is done once."""
        with self._lock:
            if request["dispatchId"] in self.calls:
                return False
            self._append(dispatch_id=request["dispatchId"], call=(request, is_undo))
            return True

    def settle(self, dispatch_id, event):
        with self._lock:
            self._append(dispatch_id=dispatch_id, event=event)

    def close(self, dispatch_id):
        with self._lock:
            self._append(dispatch_id=dispatch_id)

    def _append(self, **entry):
        self._file.write(json.dumps(entry).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._apply(**entry)

    def _apply(self, dispatch_id, call=None, event=None):
        if call:
            self.calls[dispatch_id] = call
        elif event:
            self.events[dispatch_id] = event
        else:
            self.reported.add(dispatch_id)


class Migrator:
    """Takes calls, does their work one after another, and reports each outcome until Loom has it."""

    def __init__(self, migration, loom, token, journal):
        self.migration, self._journal = migration, journal
        self._loom, self._token = loom.rstrip("/"), token
        self._work = queue.Queue()
        for dispatch_id in journal.calls:  # what the last process left
            if dispatch_id not in journal.events:
                self._work.put(dispatch_id)
            elif dispatch_id not in journal.reported:
                self._report_after(0, dispatch_id)
        threading.Thread(target=self._work_on, daemon=True).start()

    def open(self, url):
        """Introduces itself; `url` is where Loom reaches it. Serve it before: Loom may call at once."""
        announcement = {**self.migration.announcement, "migratorUrl": url}
        self._ask("/registry/announce", announcement)
        candidates = {"candidates": self.migration.candidates()}
        return self._ask(f"/migrations/{announcement['id']}/candidates", candidates)

    def take(self, request, is_undo=False):
        self.migration.check(request)
        if self._journal.take(request, is_undo):
            self._work.put(request["dispatchId"])

    def _work_on(self):
        while True:
            self._perform(self._work.get())

    def _perform(self, dispatch_id):
        request, is_undo = self._journal.calls[dispatch_id]
        try:
            outcome = (self.migration.undo if is_undo else self.migration.do)(request)
        except Exception as error:  # whatever it is, the operator reads it and retries or cancels
            outcome = {"success": False, "error": str(error)}
        names = {"stepName": request["stepName"], "candidateId": request["candidate"]["id"]}
        self._journal.settle(dispatch_id, {**names, "eventId": dispatch_id, **outcome})
        self._report_after(0, dispatch_id)

    def _report_after(self, pause, dispatch_id):
        timer = threading.Timer(pause, self._report, (pause, dispatch_id))
        timer.daemon = True
        timer.start()

    def _report(self, pause, dispatch_id):
        request, _ = self._journal.calls[dispatch_id]
        url = request.get("callbackUrl") or f"{self._loom}/event/{request['callbackId']}"
        status, answer = post(url, self._journal.events[dispatch_id])
        if is_final(status):  # also `ignored`, or a refusal: saying it again would change nothing
            self._journal.close(dispatch_id)
            log(f"{dispatch_id}: {answer.get('status') or answer.get('detail')}")
        else:
            self._report_after(longer(pause), dispatch_id)

    def _ask(self, path, body):
        """Asks Loom until it answers."""
        pause = 0
        while True:
            status, answer = post(self._loom + path, body, self._token)
            if is_final(status):
                break
            pause = longer(pause)
            log(f"Loom does not answer ({answer['detail']}): once more in {pause} s")
            time.sleep(pause)
        if status >= 300:
            sys.exit(f"Loom refuses {path}: {answer.get('detail')}")
        return answer


def serve(migrator, host, port, signing_secret=None):
    """Listens from now on, in a thread of its own. Gives the port, which is a free one when `port` is 0."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if signing_secret and not is_signed(signing_secret, self.headers, body):
                return self.answer(401, {"message": "The signature is missing, wrong or too old."})
            try:
                self.answer(*respond(migrator, self.path, body))
            except Refused as refusal:
                self.answer(422, {"message": str(refusal)})
            except (ValueError, KeyError, TypeError) as error:
                self.answer(400, {"message": f"The request is not what the contract says: {error!r}"})

        def answer(self, status, value):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def respond(migrator, path, body):
    call = path.rpartition("/")[2]  # a migratorUrl may have a path, which Loom keeps
    if call == "dispatch-step":
        migrator.take(json.loads(body))
    elif call == "compensate-step":
        migrator.take(json.loads(body), is_undo=True)
    elif call == "dry-run":
        return 200, migrator.migration.preview(json.loads(body))
    else:
        return 404, {"message": "A migrator has no such address."}
    return 202, {}


def post(url, body, token=None):
    """The status and the JSON of an answer; status 0 when there was none."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json_of(error.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        return 0, {"detail": str(error)}


def json_of(text):
    """What stands in front of Loom may answer with a page for people."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"detail": text[:200].decode(errors="replace")}


def is_signed(secret, headers, body):
    """Standard Webhooks: HMAC-SHA-256 over id, timestamp and the exact bytes of the body, no older than five minutes."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > 300:
        return False
    key = base64.b64decode(secret[6:] if secret.startswith("whsec_") else secret)
    mac = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(mac)
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, each.encode()) for each in given)


def is_final(status):
    return 0 < status < 500 and status != 429


def longer(pause):
    return min(max(2 * pause, 0.5), LONGEST_PAUSE)


def log(message):
    print(message, file=sys.stderr, flush=True)
