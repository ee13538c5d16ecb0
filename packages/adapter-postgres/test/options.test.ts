import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { createEmbeddedPostgresStore } from "../src/embedded/index.ts";
import { createPostgresStore, type PostgresPool } from "../src/index.ts";
import { createPostgresMigratorStore } from "../src/migrator/index.ts";
import { usePool } from "./database.ts";

const pool = usePool();

for (const [name, create] of Object.entries({ createPostgresStore, createPostgresMigratorStore })) {
  for (const given of [undefined, null, {}, "postgres://127.0.0.1/loom"])
    test(`${name} takes no ${JSON.stringify(given)} for a pool`, () => {
      expect(() => create({ pool: given as PostgresPool })).toThrow(
        expect.objectContaining({
          code: "invalid_configuration",
          message: expect.stringMatching(/^pool: a Pool of pg/),
        }),
      );
    });

  for (const schema of ["", null, 5, {}])
    test(`${name} takes no ${JSON.stringify(schema)} for a schema`, () => {
      expect(() => create({ pool, schema: schema as string })).toThrow(
        expect.objectContaining({
          code: "invalid_configuration",
          message: expect.stringMatching(/^schema: /),
        }),
      );
    });
}

for (const dir of ["", undefined, null, 5])
  test(`createEmbeddedPostgresStore takes no ${JSON.stringify(dir)} for a folder`, async () => {
    const before = await readdir(".");
    await expect(createEmbeddedPostgresStore({ dir: dir as string })).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringMatching(/^dir: the folder/),
    });
    expect(await readdir(".")).toEqual(before);
  });
