import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { openMigrator } from "./support/migrator.ts";
import { services } from "./support/services.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const OPERATOR = "session=olivias-session";
const VIEWER = "theme=dark; session=victors-session";
const BILLING = "/migrations/greetings/candidates/acme%2Fbilling";
const inputs = { greeting: "Good day" };

interface Asked {
  readonly cookie?: string;
  readonly method?: string;
  readonly body?: unknown;
}

/** A service that listens, with a way to ask it as a browser would. */
async function serve(create: (typeof services)[string]) {
  const service = await create();
  const origin = `http://127.0.0.1:${await service.listen(0)}`;
  let isClosed = false;
  const close = async () => {
    if (!isClosed) await service.close();
    isClosed = true;
  };
  onTestFinished(close);
  const ask = async (path: string, { cookie = OPERATOR, body, method }: Asked = {}) => {
    const response = await fetch(origin + path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: { cookie, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
  };
  const until = async (path: string, wanted: RegExp) => {
    for (;;) {
      const { json } = await ask(path);
      if (wanted.test(JSON.stringify(json))) return json;
      await new Promise((again) => setTimeout(again, 10));
    }
  };
  return { loom: service.loom, origin, close, ask, until };
}

describe.each(Object.entries(services))("Loom in %s", (_, create) => {
  test("takes a migration from discovery to its end, below its path and beside the service's own", async () => {
    const { origin, ask, until } = await serve(create);
    await openMigrator(`${origin}/loom`);
    expect((await ask("/echo", { body: { own: true } })).json).toEqual({ own: true });

    const { json: preview } = await ask(`/loom${BILLING}/dry-run`, { body: { inputs } });
    const after = "Good day, acme/billing!\n";
    expect(preview.steps[0].files).toMatchObject([{ path: "GREETING.md", after }]);

    expect((await ask(`/loom${BILLING}/start`, { body: {} })).status).toBe(422);
    expect((await ask(`/loom${BILLING}/start`, { body: { inputs } })).status).toBe(202);
    await until(`/loom${BILLING}/steps`, /awaiting_review/);
    const approval = { stepName: "approve", candidateId: "acme/billing", success: true };
    await ask("/loom/event/greetings__acme%2Fbilling", { body: approval });
    const { steps } = await until(`/loom${BILLING}/steps`, /"status":"completed","phase"/);
    expect(steps[0]).toMatchObject({ status: "completed", metadata: { committed: after } });
  });

  test("queues, changes inputs, dequeues and answers HEAD: every method reaches it", async () => {
    const { origin, ask } = await serve(create);
    await openMigrator(`${origin}/loom`);
    const statuses = [
      await ask(`/loom${BILLING}/queue`, { body: {} }),
      await ask(`/loom${BILLING}/inputs`, { method: "PATCH", body: { inputs } }),
      await ask(`/loom${BILLING}/dequeue`, { method: "DELETE" }),
      await ask(`/loom${BILLING}`, { method: "HEAD" }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 204, 204, 200]);
  });

  test("knows the service's users, and history names them", async () => {
    const { origin, ask } = await serve(create);
    await openMigrator(`${origin}/loom`);
    const start = { body: { inputs } };
    const nobody = await ask(`/loom${BILLING}/start`, { ...start, cookie: "session=forged" });
    const viewer = await ask(`/loom${BILLING}/start`, { ...start, cookie: VIEWER });
    expect([nobody.status, viewer.status]).toEqual([401, 403]);
    expect((await ask(`/loom${BILLING}`, { cookie: VIEWER })).json.status).toBe("not_started");
    await ask(`/loom${BILLING}/queue`, { body: {} });
    const { json } = await ask("/loom/migrations/greetings/history");
    expect(json.history[0]).toMatchObject({
      action: "queue",
      actor: { id: "olivia@platform.example" },
    });
  });

  test("writes to the service's log", async () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    const { origin, ask } = await serve(create);
    await (await openMigrator(`${origin}/loom`))();
    expect((await ask(`/loom${BILLING}/dry-run`, { body: { inputs } })).status).toBe(502);
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)));
    expect(lines).toContainEqual(
      expect.objectContaining({ level: "warn", code: "migrator_unreachable" }),
    );
  });

  test("closes with the service", async () => {
    const { origin, close, loom, ask } = await serve(create);
    await openMigrator(`${origin}/loom`);
    expect((await ask("/loom/readyz")).status).toBe(200);
    await close();
    await expect(ask("/loom/healthz")).rejects.toThrow("fetch failed");
    await expect(loom.ready()).rejects.toMatchObject({ code: "engine_unavailable" });
  });
});

test("in Next's Edge runtime, which has no process, nothing is opened", async () => {
  vi.resetModules();
  Reflect.deleteProperty(globalThis, "platformLoom");
  vi.stubEnv("NEXT_RUNTIME", "edge");
  const before = process.listenerCount("SIGTERM");
  const { register } = await import("../next/instrumentation.ts");
  await register();
  expect(process.listenerCount("SIGTERM")).toBe(before);
  expect(globalThis).not.toHaveProperty("platformLoom");
});
