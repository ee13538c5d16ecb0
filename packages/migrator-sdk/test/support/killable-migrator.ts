// A migrator as a process of its own, which dies where it is told to: run by `kill.test.ts`.
import { appendFileSync } from "node:fs";
import { createMigrator, defineMigration, fileMigratorStore } from "../../src/index.ts";
import { serveMigrator } from "../../src/node.ts";

const [dir = "", loomUrl = "", dieAt = "", workLog = ""] = process.argv.slice(2);

const die = (point: string) => {
  if (point !== dieAt) return;
  process.kill(process.pid, "SIGKILL");
  // The signal may take a moment, in which nothing more may happen.
  for (;;);
};

const store = fileMigratorStore(dir);
const { inbox } = store;
const migration = defineMigration({
  id: "m",
  name: "M",
  handlers: {
    work: {
      async run(ctx) {
        die(`${ctx.step.name}: before work`);
        appendFileSync(workLog, `${ctx.step.name}\n`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        die(`${ctx.step.name}: after work`);
        return ctx.step.name === "b" ? ctx.open({ key: "pr-b" }) : ctx.done();
      },
    },
  },
  plan: ["a", "b", "c"].map((name) => ({ name, type: "work" }) as const),
});
const migrator = createMigrator({
  app: "app",
  migrations: [migration],
  loom: { url: loomUrl },
  url: () => server.url,
  store: {
    ...store,
    inbox: {
      ...inbox,
      async add(entry) {
        const added = await inbox.add(entry);
        die(`${entry.request.stepName}: before the answer`);
        return added;
      },
      async finish(result) {
        const taken = await inbox.finish(result);
        die(`${result.events[0]?.body.stepName}: before the event`);
        return taken;
      },
    },
  },
  logger: {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  },
});
const server = await serveMigrator(migrator);
process.on("message", ({ settle }: { settle: string }) => {
  void migrator.settle(settle, { phase: "merged" }).then((settled) => process.send?.({ settled }));
});
await migrator.open();
process.send?.({ url: server.url });
