import { stripVTControlCharacters } from "node:util";
import type { FileDiff } from "@loom/core";
import { expect, test } from "vitest";
import { renderDiff } from "../display/diff.ts";

function rendered(file: Omit<FileDiff, "repo" | "path">): string[] {
  const diff = renderDiff({ repo: "acme/mailer", path: "a.yaml", ...file });
  return stripVTControlCharacters(diff).split("\n");
}

test("shows a changed line between the lines around it", () => {
  const before = "one\ntwo\nthree\nfour\n";
  const after = "one\ntwo\n3\nfour\n";
  expect(rendered({ status: "modified", before, after })).toEqual([
    "--- acme/mailer/a.yaml",
    "+++ acme/mailer/a.yaml",
    "@@ -1,4 +1,4 @@",
    " one",
    " two",
    "-three",
    "+3",
    " four",
  ]);
});

test("shows a new file as git does", () => {
  expect(rendered({ status: "new", after: "one\n" })).toEqual([
    "--- /dev/null",
    "+++ acme/mailer/a.yaml",
    "@@ -0,0 +1 @@",
    "+one",
  ]);
});

test("shows a deleted file as git does", () => {
  expect(rendered({ status: "deleted", before: "one\ntwo\n" })).toEqual([
    "--- acme/mailer/a.yaml",
    "+++ /dev/null",
    "@@ -1,2 +0,0 @@",
    "-one",
    "-two",
  ]);
});
