import { expect, test } from "vitest";
import * as z from "zod";
import { eventually } from "../../../test/eventually.ts";
import { defineMigration } from "../src/index.ts";
import { dispatch, dispatchOf, post } from "./support/calls.ts";
import { stage } from "./support/stage.ts";

const upgrade = (run: (env: string, version: string) => void) =>
  defineMigration({
    id: "m",
    name: "Upgrade",
    inputs: z.object({ version: z.string() }),
    handlers: {
      bump: {
        config: z.object({ env: z.string() }),
        run: (ctx) => {
          run(ctx.config.env, ctx.inputs.version);
          return ctx.done();
        },
      },
    },
    plan: [{ name: "bump-dev", type: "bump", config: { env: "dev" } }],
  });

const bump = dispatchOf("bump-dev", {
  type: "bump",
  config: { env: "dev" },
  inputs: { version: "2" },
});

test("a dispatch is accepted, worked off and reported", async () => {
  const done: string[] = [];
  const on = await stage(upgrade((env, version) => done.push(`${env} ${version}`)));
  expect(await dispatch(on.migrator, bump)).toMatchObject({ status: 202 });
  await eventually(() => expect(on.loom.trace()).toEqual(["bump-dev completed"]));
  expect(done).toEqual(["dev 2"]);
  const [event] = on.loom.events;
  expect(event).toMatchObject({ callbackId: bump.callbackId, candidateId: "billing" });
  expect(event?.eventId).toEqual(expect.any(String));
});

test("a dispatch that is repeated is accepted again and causes no second work", async () => {
  const done: string[] = [];
  const on = await stage(upgrade((env) => done.push(env)));
  const answers = await Promise.all([1, 2, 3].map(() => dispatch(on.migrator, bump)));
  await eventually(() => expect(on.loom.trace()).toEqual(["bump-dev completed"]));
  answers.push(await dispatch(on.migrator, bump));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  await on.clock.advance(60_000);
  expect(done).toEqual(["dev"]);
  expect(on.loom.trace()).toEqual(["bump-dev completed"]);
});

test("an input is met by candidate metadata of the same name, and the operator's value goes before it", async () => {
  const done: string[] = [];
  const on = await stage(upgrade((_env, version) => done.push(version)));
  const candidate = { id: "billing", metadata: { version: "1", team: "a" } };
  const { inputs: _, ...bare } = bump;
  await dispatch(on.migrator, { ...bare, candidate });
  await eventually(() => expect(done).toEqual(["1"]));
  await dispatch(on.migrator, { ...bump, candidate, dispatchId: "d2", stepAttempt: 2 });
  await eventually(() => expect(done).toEqual(["1", "2"]));
});

test.each([
  ["an unknown migration", { ...bump, migrationId: "other" }, 404, 'no migration "other"'],
  ["a step without a handler", { ...bump, type: "nope" }, 400, 'no handler "nope"'],
  ["a config that does not parse", { ...bump, config: {} }, 400, "config.env"],
  ["an input that is missing", { ...bump, inputs: {} }, 400, "inputs.version"],
  ["a body that is no dispatch", { hello: "world" }, 400, "migrationId"],
  ["a body that is no JSON", "{", 400, "not JSON"],
])("%s is refused with a clear message", async (_what, body, status, message) => {
  const done: string[] = [];
  const on = await stage(upgrade((env) => done.push(env)));
  const answer = await post(on.migrator, "dispatch-step", body);
  expect(answer).toMatchObject({ status, body: { detail: expect.stringContaining(message) } });
  expect(done).toEqual([]);
});

test("a body above the limit is refused", async () => {
  const on = await stage(
    upgrade(() => undefined),
    { maxBodyBytes: 100 },
  );
  expect(await dispatch(on.migrator, bump)).toMatchObject({ status: 413 });
});

test("the largest candidate that Loom takes fits a dispatch", async () => {
  const on = await stage(upgrade(() => undefined));
  const map = Object.fromEntries(
    Array.from({ length: 64 }, (_, n) => [`key${n}`, "x".repeat(16 * 1024)]),
  );
  const candidate = { ...bump.candidate, metadata: map, state: map };
  expect(await dispatch(on.migrator, { ...bump, candidate })).toMatchObject({ status: 202 });
});

test("healthz answers, other paths and methods are refused", async () => {
  const on = await stage(upgrade(() => undefined));
  const get = (path: string) => on.migrator.handler(new Request(`http://m.example/base/${path}`));
  expect((await get("healthz")).status).toBe(200);
  expect((await get("dispatch-step")).status).toBe(405);
  expect((await post(on.migrator, "elsewhere", {})).status).toBe(404);
});

test("a request whose body was read before is answered with what to do about it", async () => {
  const on = await stage(upgrade(() => undefined));
  const request = new Request("http://m.example/dispatch-step", {
    method: "POST",
    body: JSON.stringify(bump),
  });
  await request.text();
  const response = await on.migrator.handler(request);
  expect(response.status).toBe(500);
  expect(await response.text()).toContain("before any body parser");
});
