import { describeMigratorStore } from "@loom/testing/vitest";
import { afterAll } from "vitest";
import { createPostgresMigratorStore } from "../src/migrator/index.ts";
import { anySchema, dropSchema, openPool } from "./database.ts";

const pool = openPool();
afterAll(() => pool.end());

describeMigratorStore("in Postgres", {
  setup: async () => {
    const schema = anySchema();
    const open = async () => {
      const store = createPostgresMigratorStore({ pool, schema });
      await store.open();
      return store;
    };
    return { store: await open(), reopen: open, teardown: () => dropSchema(pool, schema) };
  },
});
