import { runCommand } from "../../test/stage/command.ts";
import type { Interruption } from "../../test/stage/interruption.ts";
import { tellProof } from "../../test/stage/proof.ts";
import { BUS } from "./demo/bus.ts";
import type { Plot } from "./demo/proof.ts";
import { openCorner } from "./demo/redis.ts";
import { openStage, type Stage } from "./demo/stage.ts";
import { playStory } from "./demo/story.ts";

const HELP = `A service with Hono and Redis that has Loom in it, and a migrator beside it.

  npm start -w examples/hono-redis -- [flags]

  --keep   leave everything running at the end, and print what to try
  --help   print this

REDIS_URL names a Redis, whose other keys are left alone. Without it redis-server is started from the PATH.
`;

const PLOT: Plot = {
  bus: BUS,
  previewed: "shop/orders",
  cancelled: "users",
  late: "eu:payments",
};

/** Sets the stage, plays the story, and says whether all of it came true. */
async function run(keep: boolean, interruption: Interruption): Promise<boolean> {
  const corner = await openCorner();
  try {
    const stage = await openStage(corner, BUS);
    try {
      const proved = await interruption.orAfter(play(stage));
      if (keep) showWhatToTry(stage);
      if (keep) await interruption.came;
      return proved;
    } finally {
      await stage.close();
    }
  } finally {
    await corner.close();
  }
}

async function play(stage: Stage): Promise<boolean> {
  const facts = await playStory(stage, PLOT, console.log);
  return tellProof("Proof, from the service's own keys:", facts);
}

function showWhatToTry({ url, token }: Stage): void {
  const curl = `curl -sH 'authorization: Bearer ${token}' ${url}`;
  console.log(`
Still running at ${url}. Try:

  ${curl}/topics
  ${curl}/topics/shop%2Forders.v2
  ${curl}/topics/users
  ${curl}/loom/migrations/topic-rename
  ${curl}/loom/migrations/topic-rename/history
  ${curl}/loom/migrations/topic-rename/candidates/users/start -H 'content-type: application/json' -d '{"inputs":{"version":"v3"}}'
  curl -s ${url}/health

Ctrl-C ends it and removes everything.`);
}

await runCommand({ help: HELP, run });
