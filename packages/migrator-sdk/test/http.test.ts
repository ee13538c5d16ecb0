import { LoomError } from "@loom/core/errors";
import { Webhook } from "standardwebhooks";
import { expect, test, vi } from "vitest";
import { memoryMigratorStore } from "../src/index.ts";
import { dispatch, dispatchOf, post } from "./support/calls.ts";
import { gate, migrationOf } from "./support/migrations.ts";
import { stage } from "./support/stage.ts";

const CURRENT = `whsec_${Buffer.from("current secret of the test").toString("base64")}`;
const OLDER = Buffer.from("older secret of the test").toString("base64");
const body = JSON.stringify(dispatchOf("bump"));

const signed = (secret: string, at: Date, text = body) => ({
  "webhook-id": "d1",
  "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
  "webhook-signature": new Webhook(secret).sign("d1", at, text),
});

const staged = async () => {
  const on = await stage(migrationOf({ bump: gate().handler }), { secrets: [CURRENT, OLDER] });
  return { ...on, now: (seconds = 0) => new Date(on.clock.now() + seconds * 1000) };
};

test.each([
  ["the current secret", CURRENT, 0],
  ["an older secret", OLDER, 0],
  ["a clock 299 seconds behind", CURRENT, -299],
])("a request signed with %s is taken", async (_what, secret, seconds) => {
  const { migrator, now } = await staged();
  const answer = await post(migrator, "dispatch-step", body, signed(secret, now(seconds)));
  expect(answer.status).toBe(202);
});

test("one good signature among several is enough, as in a rotation", async () => {
  const { migrator, now } = await staged();
  const { "webhook-signature": good, ...headers } = signed(CURRENT, now());
  const many = { ...headers, "webhook-signature": `v1,AAAA v2,xyz ${good}` };
  expect((await post(migrator, "dispatch-step", body, many)).status).toBe(202);
});

test.each([
  ["no signature", () => ({})],
  ["an unknown secret", (now: Date) => signed(Buffer.from("unknown").toString("base64"), now)],
  ["another body", (now: Date) => signed(CURRENT, now, "{}")],
  ["an empty signature", (now: Date) => ({ ...signed(CURRENT, now), "webhook-signature": "" })],
  [
    "a cut signature",
    (now: Date) => ({
      ...signed(CURRENT, now),
      "webhook-signature": signed(CURRENT, now)["webhook-signature"].slice(0, -4),
    }),
  ],
  ["another id", (now: Date) => ({ ...signed(CURRENT, now), "webhook-id": "d2" })],
  ["no time", (now: Date) => ({ ...signed(CURRENT, now), "webhook-timestamp": "NaN" })],
  ["a time 301 seconds ago", (now: Date) => signed(CURRENT, new Date(now.getTime() - 301_000))],
  ["a time 301 seconds ahead", (now: Date) => signed(CURRENT, new Date(now.getTime() + 301_000))],
])("a request with %s is refused, whatever it asks", async (_what, headersOf) => {
  const { migrator, now } = await staged();
  for (const path of ["dispatch-step", "compensate-step", "dry-run"]) {
    const answer = await post(migrator, path, body, headersOf(now()));
    expect(answer).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  }
});

test.each([[[]], [[""]], [["whsec_"]], [["c2hvcnQ="]], [["not base64 at all!"]]])(
  "secrets that protect nothing are refused: %j",
  async (secrets) => {
    const staging = stage(migrationOf({ bump: gate().handler }), { secrets });
    await expect(staging).rejects.toMatchObject({ code: "invalid_configuration" });
  },
);

test("health needs no signature", async () => {
  const { migrator } = await staged();
  const response = await migrator.handler(new Request("http://migrator.example/healthz"));
  expect(await response.json()).toEqual({ status: "ok", app: "app" });
});

test("a body without a declared length is cut off at the limit", async () => {
  const { migrator } = await stage(migrationOf({ bump: gate().handler }), { maxBodyBytes: 1_000 });
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(500));
    },
  });
  const request = new Request("http://migrator.example/dispatch-step", {
    method: "POST",
    body: endless,
    duplex: "half",
  });
  expect((await migrator.handler(request)).status).toBe(413);
  expect(pulled).toBeLessThan(10);
});

test("a store that cannot be opened at first is opened for the next call", async () => {
  const store = memoryMigratorStore();
  let opens = 0;
  const open = async () => {
    opens += 1;
    if (opens === 1) throw new LoomError("store_unavailable", "The database is starting.");
  };
  const migration = migrationOf({ bump: { run: (ctx) => ctx.done() } });
  const { migrator } = await stage(migration, { store: { ...store, open }, isClosed: true });
  expect(await dispatch(migrator, dispatchOf("bump"))).toMatchObject({ status: 503 });
  expect(await dispatch(migrator, dispatchOf("bump"))).toMatchObject({ status: 202 });
  await migrator.open();
  expect(opens).toBe(2);
});

test("a store that fails is answered with 503, so that Loom comes again", async () => {
  const { migrator, store, lines } = await stage(migrationOf({ bump: gate().handler }));
  vi.spyOn(store.inbox, "add").mockRejectedValueOnce(new Error("disk is full of secrets"));
  const answer = await post(migrator, "dispatch-step", body);
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.body)).not.toContain("secrets");
  expect(lines.some(({ level }) => level === "error")).toBe(true);
  expect((await post(migrator, "dispatch-step", body)).status).toBe(202);
});
