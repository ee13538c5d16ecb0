import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Flags } from "../flags.ts";
import { createFleet, type Fleet } from "../fleet/fleet.ts";
import { createForgeApi } from "../forge/api.ts";
import { createForge, type Forge } from "../forge/forge.ts";
import { startReviewer } from "../forge/reviewer.ts";
import { serve } from "../serve.ts";
import { type Cast, castFrom } from "./cast.ts";
import { type Closing, createClosing } from "../../../test/stage/closing.ts";
import { openLog } from "./log.ts";
import { serveLoom } from "./loom.ts";
import { startMigrator } from "./migrator-process.ts";

const REVIEW_MILLIS = 250;

/** Everything that the story needs. */
export interface Stage {
  /** Holds all files. */
  readonly directory: string;
  readonly fleet: Fleet;
  readonly forge: Forge;
  readonly cast: Cast;
  /** Where an operator finds Loom. */
  readonly loom: { readonly url: string; readonly token: string };
  /** The last lines that Loom and the migrator printed. */
  readonly readLog: () => Promise<string>;
  /** Rejects when something behind the scenes breaks, such as the migrator's process; never resolves. */
  readonly broken: Promise<never>;
  /** Ends everything and takes the files away. */
  readonly close: () => Promise<void>;
}

/** Sets up repositories, a forge, Loom and the migrator: in a temporary folder, on free ports of this machine. */
export async function openStage(flags: Flags): Promise<Stage> {
  const closing = createClosing();
  try {
    return await build(flags, closing);
  } catch (error) {
    await closing.closeAll();
    throw error;
  }
}

async function build(flags: Flags, closing: Closing): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "loom-example-"));
  closing.add(async () => await rm(directory, { recursive: true, force: true, maxRetries: 10 }));
  const [repositories, files] = [join(directory, "repositories"), join(directory, "migrator")];
  await mkdir(files);
  const log = openLog(join(directory, "log"));

  const fleet = await createFleet(repositories, flags.candidates);
  const forge = createForge(fleet.pathOf);
  const cast = castFrom(fleet, forge);
  const leavesOpen = ({ key }: { readonly key: string }) => key === cast.held.find()?.key;
  const reviewer = startReviewer(forge, { reviewMillis: REVIEW_MILLIS, leavesOpen });

  const secrets = { operator: secret(), migrator: secret(), signing: secret() };
  const [forgeToken, webhookToken] = [secret(), secret()];
  const forgeServer = await serve(createForgeApi(forge, forgeToken));
  closing.add(forgeServer.close);
  const loom = await serveLoom(secrets, log.logger);
  closing.add(loom.close);
  const migrator = startMigrator(directory, log, {
    LOOM_URL: loom.url,
    LOOM_TOKEN: secrets.migrator,
    SIGNING_SECRET: secrets.signing,
    FORGE_URL: forgeServer.url,
    FORGE_TOKEN: forgeToken,
    WEBHOOK_TOKEN: webhookToken,
    REPOSITORIES: repositories,
    FILES: files,
    ...(flags.sabotage ? { SABOTAGE: flags.sabotage, SABOTAGED: cast.previewed } : {}),
  });
  closing.add(migrator.stop);

  const broken = Promise.race([migrator.failed, reviewer.failed]);
  broken.catch(() => undefined);
  return {
    directory,
    fleet,
    forge,
    cast,
    broken,
    loom: { url: loom.url, token: secrets.operator },
    readLog: log.readLast,
    close: closing.closeAll,
  };
}

function secret(): string {
  return randomBytes(24).toString("base64");
}
