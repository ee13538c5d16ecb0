import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createForge, type Forge } from "../forge/forge.ts";
import { type Files, readBranches, readFiles, readLog, readRevision } from "../git/read.ts";
import { createRepository, type FileEdit, writeCommits } from "../git/write.ts";
import { createWorkspace, type Workspace } from "../migrator/workspace.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ROBIN = { name: "Robin", email: "robin@acme.example" };
const REPO = "one";
let directory: string;
let origin: string;
let forge: Forge;
let workspace: Workspace;
let beginning: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "loom-forge-"));
  origin = join(directory, "one.git");
  await createRepository(directory, "one.git");
  const edits = [edit("a", "a\n"), edit("b", "b\n")];
  await writeCommits(origin, [{ branch: "main", author: ROBIN, message: "Begin", edits }]);
  beginning = await readRevision(origin, "main");
  forge = createForge(() => origin);
  await mkdir(join(directory, "clones"));
  workspace = createWorkspace(join(directory, "clones"), () => origin);
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

test("pull requests of different files merge at once, one merge commit each", async () => {
  await workspace.pushBranch(REPO, "x/a", [edit("a", "2\n")], "Change a");
  await workspace.pushBranch(REPO, "x/b", [edit("b", undefined)], "Delete b");
  const a = await forge.open(REPO, { branch: "x/a", title: "Change a" });
  const b = await forge.open(REPO, { branch: "x/b", title: "Delete b" });
  await Promise.all([forge.merge(a, ROBIN), forge.merge(b, ROBIN)]);
  const commits = await readLog(origin, { from: beginning, to: "main", firstParent: true });
  expect(commits.map(({ parents }) => parents[1])).toEqual([b.head, a.head]);
  expect(await onMain()).toEqual(new Map([["a", "2\n"]]));
  expect(await readBranches(origin)).toEqual(["main"]);
});

test("a pull request that conflicts with main is not merged", async () => {
  await workspace.pushBranch(REPO, "x/a", [edit("a", "2\n")], "Change a");
  const request = await forge.open(REPO, { branch: "x/a", title: "Change a" });
  await workspace.pushMain(REPO, [edit("a", "3\n")], "Change a, too");
  await expect(forge.merge(request, ROBIN)).rejects.toThrow("git");
  expect(forge.find(request)?.state).toBe("open");
  expect(await onMain()).toEqual(
    new Map([
      ["a", "3\n"],
      ["b", "b\n"],
    ]),
  );
});

test("a push to main goes on top of what others pushed since", async () => {
  await workspace.read(REPO);
  await writeCommits(origin, [
    {
      branch: "main",
      from: beginning,
      author: ROBIN,
      message: "Faster",
      edits: [edit("a", "2\n")],
    },
  ]);
  await workspace.pushMain(REPO, [edit("b", "2\n")], "Slower");
  const commits = await readLog(origin, { from: beginning, to: "main" });
  expect(commits.map(({ subject }) => subject)).toEqual(["Slower", "Faster"]);
});

test("a closed pull request loses its branch and cannot be merged", async () => {
  await workspace.pushBranch(REPO, "x/a", [edit("a", "2\n")], "Change a");
  const request = await forge.open(REPO, { branch: "x/a", title: "Change a" });
  await forge.close(request);
  expect((await forge.merge(request, ROBIN)).state).toBe("closed");
  expect(await readBranches(origin)).toEqual(["main"]);
});

test("a branch that an earlier try pushed is pushed again", async () => {
  await workspace.pushBranch(REPO, "x/a", [edit("a", "2\n")], "Change a");
  const head = await workspace.pushBranch(REPO, "x/a", [edit("a", "3\n")], "Change a");
  expect(await readRevision(origin, "refs/heads/x/a")).toBe(head);
});

test("a branch has one pull request, however often it is opened", async () => {
  await workspace.pushBranch(REPO, "x/a", [edit("a", "2\n")], "Change a");
  const once = await forge.open(REPO, { branch: "x/a", title: "Change a" });
  expect(await forge.open(REPO, { branch: "x/a", title: "Change a" })).toEqual(once);
});

async function onMain(): Promise<Files> {
  return await readFiles(origin, "main");
}

function edit(path: string, content: string | undefined): FileEdit {
  return { path, content };
}
