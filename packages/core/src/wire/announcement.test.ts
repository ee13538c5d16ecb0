import { expect, test } from "vitest";
import { LoomError } from "../errors.ts";
import { MigrationAnnouncementSchema, parse } from "./index.ts";

const valid = { id: "m", name: "M", steps: [{ name: "s" }], migratorUrl: "https://m.example" };
const announce = (change: object) => parse(MigrationAnnouncementSchema, { ...valid, ...change });
const step = (change: object) => announce({ steps: [{ name: "s", ...change }] }).steps[0];
const pathsOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (LoomError.is(error, "validation_failed"))
      return error.details.issues?.map(({ path }) => path);
  }
  return undefined;
};
const times = (count: number, item: (index: number) => unknown) =>
  Array.from({ length: count }, (_, i) => item(i));
const named = (count: number) => times(count, (i) => ({ name: `s${i}` }));

test("an announcement is read as it was sent", () => {
  const full = {
    ...valid,
    description: "Line one\nline two",
    overview: ["First", "Then"],
    requiredInputs: [{ name: "targetVersion", label: "Version", optional: true, secret: false }],
    migratorApp: "charts",
    steps: [
      {
        name: "s",
        description: "",
        migratorApp: "other",
        type: "bump",
        config: { env: "staging" },
        files: ["https://git.example/a", "apps/a.yaml"],
        timeoutSeconds: 0.5,
        dispatchRetry: { attempts: 3, initialSeconds: 1, maxSeconds: 60 },
        compensable: true,
      },
    ],
  };
  expect(announce(full)).toStrictEqual(full);
});

test("workerApp is an alias of a step's migratorApp, which wins", () => {
  expect(step({ workerApp: "old" })).toStrictEqual({ name: "s", migratorApp: "old" });
  expect(step({ workerApp: "old", migratorApp: "new" })).toStrictEqual({
    name: "s",
    migratorApp: "new",
  });
  expect(pathsOf(() => step({ workerApp: 3 }))).toEqual(["steps.0.migratorApp"]);
});

test("a plan may be empty and holds at most 200 steps", () => {
  expect(announce({ steps: [] }).steps).toEqual([]);
  expect(announce({ steps: named(200) }).steps).toHaveLength(200);
  expect(pathsOf(() => announce({ steps: named(201) }))).toEqual(["steps"]);
});

test.each([
  ["name", 200],
  ["migratorApp", 128],
  ["description", 10_000],
])("%s ends at %i characters", (field, max) => {
  expect(announce({ [field]: "x".repeat(max) })).toMatchObject({ id: "m" });
  expect(pathsOf(() => announce({ [field]: "x".repeat(max + 1) }))).toEqual([field]);
});

test.each([
  ["overview", 50, () => "phase"],
  ["requiredInputs", 64, (i: number) => ({ name: `i${i}`, label: "L" })],
])("%s ends at %i items", (field, max, item) => {
  expect(announce({ [field]: times(max, item) })).toMatchObject({ id: "m" });
  expect(pathsOf(() => announce({ [field]: times(max + 1, item) }))).toEqual([field]);
});

test("an input is defined once, under a name that inputs can have", () => {
  const inputs = (...names: unknown[]) =>
    announce({ requiredInputs: names.map((name) => ({ name, label: "L" })) });
  expect(inputs("a", "constructor", "k".repeat(128)).requiredInputs).toHaveLength(3);
  expect(pathsOf(() => inputs("a", "b", "a"))).toEqual(["requiredInputs.2.name"]);
  for (const name of ["", "__proto__", "k".repeat(129), "\uD800", 3])
    expect(pathsOf(() => inputs(name))).toEqual(["requiredInputs.0.name"]);
});

test.each([0, -1, 34_560_001, Number.NaN, Number.POSITIVE_INFINITY, "60"])(
  "a timeout of %j seconds is refused",
  (timeoutSeconds) =>
    expect(pathsOf(() => step({ timeoutSeconds }))).toEqual(["steps.0.timeoutSeconds"]),
);

test("a timeout may be 400 days", () => {
  expect(step({ timeoutSeconds: 34_560_000 })).toMatchObject({ timeoutSeconds: 34_560_000 });
});

test.each([
  { attempts: 0 },
  { attempts: 101 },
  { attempts: 1.5 },
  { initialSeconds: 0 },
  { initialSeconds: 86_401 },
  { maxSeconds: -1 },
])("a dispatch retry of %j is refused", (dispatchRetry) => {
  expect(pathsOf(() => step({ dispatchRetry }))?.[0]).toMatch(/^steps\.0\.dispatchRetry\./);
});

test("the edges of a dispatch retry are taken", () => {
  const dispatchRetry = { attempts: 100, initialSeconds: 86_400, maxSeconds: 86_400 };
  expect(step({ dispatchRetry })).toMatchObject({ dispatchRetry });
});

test.each([
  "http://m",
  "https://m.example:8443/base/path",
  "http://[::1]:3000",
  "HTTP://M",
  `http://m/${"p".repeat(2_039)}`,
])("%j is a migrator URL", (migratorUrl) => {
  expect(announce({ migratorUrl }).migratorUrl).toBe(migratorUrl);
});

test.each([
  "",
  "m",
  "//m",
  "ftp://m",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "http:m",
  "http:/m",
  "http://",
  "http:///m",
  "http://u:p@m",
  "http://u@m",
  "http://@m",
  "http://:@m",
  "http:///u:p@m",
  "http://m\\@evil",
  "http:\\\\m",
  "http://m?x=1",
  "http://m/#f",
  "http://m/a b",
  "http://m\n",
  "http://m\t/",
  " http://m",
  "http://[bad",
  "http://m:99999",
  "http://m\0",
  `http://m/${"p".repeat(2_040)}`,
])("%j is no migrator URL", (migratorUrl) => {
  expect(pathsOf(() => announce({ migratorUrl }))).toEqual(["migratorUrl"]);
});

test.each([
  "javascript:alert(1)",
  " JavaScript:alert(1)",
  "data:text/html,x",
  "java\nscript:x",
  "vbscript:x",
  "",
])("%j is no link that a page could show", (link) =>
  expect(pathsOf(() => step({ files: [link] }))).toEqual(["steps.0.files.0"]),
);
