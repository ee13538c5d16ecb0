import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Closing, createClosing } from "../../../test/stage/closing.ts";
import { openDatabases } from "./databases.ts";
import { type Ground, migratorEnvironment, platformEnvironment } from "./environment.ts";
import { openNetwork } from "./network.ts";
import { createProcesses, type Processes, type RunningProcess } from "./processes.ts";
import { newSecrets } from "./secrets.ts";
import { openTemporal } from "./temporal.ts";
import { createUsers } from "./users.ts";

/** Everything that the story needs. */
export interface Stage extends Ground, Pick<Processes, "broken" | "readLog"> {
  readonly service: RunningProcess;
  readonly startWorker: () => Promise<RunningProcess>;
  readonly startMigrator: () => Promise<RunningProcess>;
  /** The system that rolls services out tells the migrator that it has done so. */
  readonly endRollOut: (service: string) => Promise<void>;
  /** Ends everything and takes away what was made. */
  readonly close: () => Promise<void>;
}

/**
 * Sets up the servers and the platform's service, on free ports of this machine.
 * @param sabotaged the service to which the migrator is to do everything twice
 */
export async function openStage(sabotaged: string | undefined): Promise<Stage> {
  const closing = createClosing();
  try {
    return await build(closing, sabotaged);
  } catch (error) {
    await closing.closeAll();
    throw error;
  }
}

async function build(closing: Closing, sabotaged: string | undefined): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "loom-example-"));
  closing.add(() => rm(folder, { recursive: true, force: true }));
  const ground = await prepare(closing);
  const { network, secrets } = ground;
  const processes = createProcesses(folder, closing);
  const platform = platformEnvironment(ground);
  const service = await processes.start("service", platform);
  closing.add(async () => network.release()); // a worker waits for its calls before it ends
  let migratorUrl = "";

  return {
    ...ground,
    ...processes,
    service,
    startWorker: () => processes.start("worker", { ...platform, LOOM_URL: `${service.url}/loom` }),
    async startMigrator() {
      const environment = migratorEnvironment(ground, service.url, sabotaged);
      const migrator = await processes.start("migrator", environment);
      migratorUrl = migrator.url;
      network.connect(migratorUrl);
      return migrator;
    },
    endRollOut: (rolledOut) => tell(`${migratorUrl}/webhooks/roll-out`, secrets.webhook, rolledOut),
    close: closing.closeAll,
  };
}

async function prepare(closing: Closing): Promise<Ground> {
  const databases = await openDatabases(closing);
  const temporal = await openTemporal(closing);
  const tokens = await createUsers(databases.platform);
  const network = await openNetwork();
  closing.add(() => network.close());
  return { databases, temporal, network, tokens, secrets: newSecrets() };
}

async function tell(webhook: string, token: string, service: string): Promise<void> {
  const { ok, status } = await fetch(webhook, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ service }),
  });
  if (!ok) throw new Error(`The migrator's webhook answered ${status}.`);
}
