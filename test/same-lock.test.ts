import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";

/** Where the lock of a folder stands: neither package may import the other, and core has no files. */
const HOMES = [
  "packages/migrator-sdk/src/store/file/folder-lock",
  "packages/adapter-postgres/src/embedded/folder-lock",
];

async function sourcesIn(home: string) {
  const folder = new URL(`../${home}/`, import.meta.url);
  const names = (await readdir(folder)).filter((name) => !name.endsWith(".test.ts"));
  const read = async (name: string) => [name, await readFile(new URL(name, folder), "utf8")];
  return Object.fromEntries(await Promise.all(names.map(read)));
}

test("the lock of a folder is the same wherever it stands", async () => {
  const [one, other] = await Promise.all(HOMES.map(sourcesIn));
  expect(Object.keys(one ?? {})).toContain("folder-lock.ts");
  expect(one).toEqual(other);
});
