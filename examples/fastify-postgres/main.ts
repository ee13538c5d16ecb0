import { runCommand } from "../../test/stage/command.ts";
import type { Interruption } from "../../test/stage/interruption.ts";
import { tellProof } from "../../test/stage/proof.ts";
import { openDatabase } from "./demo/database.ts";
import { fleetOf } from "./demo/fleet.ts";
import type { Plot } from "./demo/proof.ts";
import { openStage, type Stage } from "./demo/stage.ts";
import { playStory } from "./demo/story.ts";

const HELP = `A service with Fastify and Postgres that has Loom in it, and a migrator beside it.

  npm start -w examples/fastify-postgres -- [flags]

  --keep   leave everything running at the end, and print what to try
  --help   print this

DATABASE_URL names a Postgres whose role may create databases. Without it one is started.
`;

const PLOT: Plot = {
  names: ["billing", "catalog", "checkout", "ledger", "search", "shipping"],
  previewed: "billing",
  cancelled: "search",
};

/** Sets the stage, plays the story, and says whether all of it came true. */
async function run(keep: boolean, interruption: Interruption): Promise<boolean> {
  const database = await openDatabase();
  try {
    const stage = await openStage(database.url, fleetOf(PLOT.names));
    try {
      const proved = await interruption.orAfter(play(stage));
      if (keep) showWhatToTry(stage);
      if (keep) await interruption.came;
      return proved;
    } finally {
      await stage.close();
    }
  } finally {
    await database.close();
  }
}

async function play(stage: Stage): Promise<boolean> {
  const facts = await playStory(stage, PLOT, console.log);
  return tellProof("Proof, from the service's own tables:", facts);
}

function showWhatToTry({ url, token }: Stage): void {
  const curl = `curl -sH 'authorization: Bearer ${token}' ${url}`;
  console.log(`
Still running at ${url}. Try:

  ${curl}/services
  ${curl}/changes
  ${curl}/loom/migrations/node-upgrade
  ${curl}/loom/migrations/node-upgrade/history
  ${curl}/loom/migrations/node-upgrade/candidates/search/start -H 'content-type: application/json' -d '{"inputs":{"node":"24"}}'
  curl -s ${url}/health
  curl -s ${url}/metrics

Ctrl-C ends it and removes everything.`);
}

await runCommand({ help: HELP, run });
