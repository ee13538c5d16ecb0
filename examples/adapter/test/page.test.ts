import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const HERE = resolve(import.meta.dirname, "..");
const page = readFileSync(resolve(HERE, "../../docs/write-an-adapter.md"), "utf8");
const store = readFileSync(resolve(HERE, "journal-store.ts"), "utf8");

test("the page about adapters shows the store that is tested here, in under 150 lines", () => {
  const shown = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = ""]) => code);
  expect(shown.find((code) => code.includes("export function createJournalStore"))).toBe(store);
  expect(store.split("\n").length).toBeLessThan(150);
});
