import type { LoomOptions, Migrators } from "@loom/core";
import { createLoom } from "@loom/core";
import { expect, test } from "vitest";
import type { LocalEngineOptions } from "../../src/index.ts";
import { createLocalEngine, createMemoryStore } from "../../src/index.ts";

const never = () => new Promise<never>(() => undefined);
const migrators: Migrators = { dispatchStep: never, compensateStep: never, dryRun: never };
const loomWith = (options: Partial<LoomOptions>) =>
  createLoom({ store: createMemoryStore(), engine: createLocalEngine(), migrators, ...options });

const refusal = (option: string) =>
  expect.objectContaining({
    code: "invalid_configuration",
    message: expect.stringContaining(`${option}:`),
  });

test.each<Partial<LoomOptions>>([
  { publicUrl: "platform.example" },
  { publicUrl: "" },
  { publicUrl: "https://user:password@platform.example" },
  { recoverySeconds: 0 },
  { recoverySeconds: Number.NaN },
  { secrets: [process.env["LOOM_IS_NOT_SET"] as string] },
])("a Loom that could not work as %j says is refused, by the name of the option", (options) => {
  const [option = ""] = Object.keys(options);
  expect(() => loomWith(options)).toThrow(refusal(option));
});

test.each<LocalEngineOptions>([
  { concurrency: 0 },
  { concurrency: Number.NaN },
  { concurrency: 1.5 },
  { concurrencyPerApp: 0 },
  { concurrencyPerApp: 2.5 },
  { concurrencyPerApp: 257 },
  { concurrencyPerApp: 3, concurrency: 2 },
  { leaseMs: 0 },
  { pollMs: -1 },
  { pauseMs: Number.NaN },
])("an engine that could not work as %j says is refused, by the name of the option", (options) => {
  const [option = ""] = Object.keys(options);
  expect(() => createLocalEngine(options)).toThrow(refusal(option));
});
