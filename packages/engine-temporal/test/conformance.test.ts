import { createMemoryStore } from "@loom/local";
import { describeOver } from "./world/conformance.ts";
import { given } from "./world/given.ts";

describeOver("memory", given, async () => ({
  store: createMemoryStore(),
  teardown: async () => {},
}));
