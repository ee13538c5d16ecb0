import type { LookupFunction } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { MigratorClientOptions } from "@loom/http";
import { createMigratorClient } from "@loom/http";
import { dispatchRequest, dryRunRequest } from "./support/requests.ts";
import { httpServer } from "./support/servers.ts";

const client = (options: MigratorClientOptions = {}) => {
  const migrators = createMigratorClient({ timeoutMs: 20_000, ...options });
  onTestFinished(() => migrators.close());
  return migrators;
};
const dispatchTo = (url: string, options?: MigratorClientOptions) =>
  client(options).dispatchStep({ app: "charts", url }, dispatchRequest);

/** A resolver that answers each question with the next of these answers; the last one stays. */
const resolving = (...answers: string[][]): LookupFunction & { asked(): number } => {
  let asked = 0;
  const lookup: LookupFunction = (_, { all }, callback) => {
    const found = (answers[Math.min(asked, answers.length - 1)] ?? []).map((address) => ({
      address,
      family: address.includes(":") ? 6 : 4,
    }));
    asked += 1;
    if (all) callback(null, found);
    else callback(null, found[0]?.address ?? "", found[0]?.family);
  };
  return Object.assign(lookup, { asked: () => asked });
};

const NEVER_CALLED = {
  type: "refused",
  error: "The migrator charts is at a link-local or cloud metadata address, which is never called.",
};

test.each([
  "http://169.254.169.254/",
  "https://169.254.169.254/latest",
  "http://2852039166/",
  "http://0xa9fea9fe/",
  "http://0xA9.0xFE.0xA9.0xFE/",
  "http://0251.0376.0251.0376/",
  "http://169.254.43518/",
  "http://169.16689662/",
  "http://169.254.169.254./",
  "http://①⑥⑨.254.169.254/",
  "http://0xa9.254.0251.254/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[0:0:0:0:0:ffff:169.254.169.254]/",
  "http://[::169.254.169.254]/",
  "http://[64:ff9b::169.254.169.254]/",
  "http://[2002:a9fe:a9fe::]/",
  "http://[fe80::1]/",
  "http://[fd00:ec2::254]/",
  "http://168.63.129.16/",
  "http://[::ffff:168.63.129.16]/",
  "http://100.100.100.200/",
])("never calls %s", async (url) => {
  expect(await dispatchTo(url)).toEqual(NEVER_CALLED);
  expect(await dispatchTo(url, { allowedOrigins: [new URL(url).origin] })).toEqual(NEVER_CALLED);
});

test.each([
  ["169.254.169.254"],
  ["::ffff:169.254.169.254"],
  ["fe80::1%eth0"],
  ["2002:a9fe:a9fe::1"],
  ["127.0.0.1", "169.254.169.254"],
  ["169.254.169.254", "127.0.0.1"],
])("never calls a name that resolves to %j %j", async (...addresses) => {
  const lookup = resolving(addresses);
  expect(await dispatchTo("http://charts.example/", { lookup })).toEqual(NEVER_CALLED);
  const migrators = client({ lookup });
  const to = { app: "charts", url: "https://charts.example/" };
  await expect(migrators.dryRun(to, dryRunRequest)).rejects.toMatchObject({
    code: "migrator_unreachable",
  });
});

test("connects to the very address that it checked, though the name resolves differently next time", async () => {
  const url = await httpServer(
    (_, response) => void response.setHeader("connection", "close").end(),
  );
  const { port } = new URL(url);
  const lookup = resolving(["127.0.0.1"], ["169.254.169.254"]);
  const migrators = client({ lookup });
  const to = { app: "charts", url: `http://charts.example:${port}/` };
  expect(await migrators.dispatchStep(to, dispatchRequest)).toEqual({ type: "accepted" });
  expect(lookup.asked()).toBe(1);
  expect(await migrators.dispatchStep(to, dispatchRequest)).toEqual(NEVER_CALLED);
});

test("keeps the host name for the request when the address is pinned", async () => {
  const hosts: unknown[] = [];
  const url = await httpServer((request, response) => {
    hosts.push(request.headers.host);
    response.end();
  });
  const { port } = new URL(url);
  await dispatchTo(`http://charts.example:${port}`, { lookup: resolving(["127.0.0.1"]) });
  expect(hosts).toEqual([`charts.example:${port}`]);
});

test("calls nothing but the allowed origins", async () => {
  const url = await httpServer((_, response) => void response.end());
  const allowedOrigins = [url, "https://charts.example"];
  expect(await dispatchTo(`${url}/charts`, { allowedOrigins })).toEqual({ type: "accepted" });
  const others = [
    "https://charts.example.evil.test",
    "https://charts.example:8443",
    "http://charts.example",
  ];
  for (const other of others)
    expect(await dispatchTo(other, { allowedOrigins })).toEqual({
      type: "refused",
      error: "The migrator charts cannot be called: its URL is not at an allowed origin.",
    });
});

test.each([
  ["ftp://charts.example/", "is not http or https"],
  ["file:///etc/passwd", "is not http or https"],
  ["charts.example", "is not http or https"],
  ["http://user:secret@charts.example/", "carries credentials"],
])("refuses the URL %s, for it %s", async (url, why) => {
  expect(await dispatchTo(url)).toEqual({
    type: "refused",
    error: `The migrator charts cannot be called: its URL ${why}.`,
  });
});

test.each(["charts.example", "https://charts.example/path", "ftp://charts.example", "*"])(
  "refuses to be made with %j as an allowed origin",
  (origin) => {
    expect(() => createMigratorClient({ allowedOrigins: [origin] })).toThrow(
      expect.objectContaining({ code: "invalid_configuration" }),
    );
  },
);
