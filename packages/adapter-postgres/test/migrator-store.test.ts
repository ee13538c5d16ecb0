import { describeMigratorStore } from "@loom/testing/vitest";
import { createPostgresMigratorStore } from "../src/migrator/index.ts";
import { anySchema, dropSchema, usePool } from "./database.ts";

const pool = usePool();

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
