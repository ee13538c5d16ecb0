import type { Program } from "../../../test/servers/program.ts";
import { isAt } from "../../../test/stage/operator.ts";
import type { Fact } from "../../../test/stage/proof.ts";
import { createOperator, type Operator } from "./operator.ts";
import { type Plot, prove } from "./proof.ts";
import type { Stage } from "./stage.ts";

const VERSION = "v2";
const INPUTS = { version: VERSION };

/** What the story needs: everything, and where to tell it. */
interface Telling {
  readonly stage: Stage;
  readonly plot: Plot;
  readonly operator: Operator;
  readonly say: (line: string) => void;
}

/**
 * Takes the topics through the migration, with a failed step, a cancel, a service that is killed and one that is replaced.
 *
 * @returns what is proved at the end, or not
 */
export async function playStory(
  stage: Stage,
  plot: Plot,
  say: (line: string) => void,
): Promise<readonly Fact[]> {
  const telling = { stage, plot, say, operator: createOperator(stage.people.operator) };
  const first = await stage.startInstance();
  await introduce(telling);
  await tellWhoMayDoWhat(telling);
  await showPreview(telling);
  await startAll(telling);
  const second = await killInMidRun(telling, first);
  await cancelOne(telling);
  await replace(telling, second);
  await mendOne(telling);
  return prove(stage, plot, telling.operator);
}

async function introduce({ stage, operator, say }: Telling): Promise<void> {
  say(`\nThe service is at ${stage.url}, its migrator at ${stage.migrator.url}.`);
  await stage.migrator.logged(/"discovered"/);
  const { name, counts } = await operator.migration();
  say(`  GET /health  ${JSON.stringify(await stage.people.stranger.get("/health"))}`);
  say(`  GET /topics  ${(await operator.topics()).map((topic) => topic.name).join("  ")}`);
  say(`  GET /loom/migrations/topic-rename  "${name}", ${counts.notStarted} candidates`);
}

async function tellWhoMayDoWhat({ stage, plot, say }: Telling): Promise<void> {
  say("\nWho may do what, by the sessions of the service and the migrator's signature:");
  const start = `/loom/migrations/topic-rename/candidates/${plot.cancelled}/start`;
  const { stranger, viewer, account, operator } = stage.people;
  say(`  a stranger reads              ${await stranger.status("GET", "/loom/migrations")}`);
  say(`  a viewer reads                ${await viewer.status("GET", "/loom/migrations")}`);
  say(`  a viewer starts               ${await viewer.status("POST", start, { inputs: INPUTS })}`);
  say(`  the migrator starts           ${await account.status("POST", start, { inputs: INPUTS })}`);
  const announcement = { id: "mine", name: "Mine", steps: [], migratorUrl: stage.url };
  const unsigned = await operator.status("POST", "/loom/registry/announce", announcement);
  say(`  an operator, unsigned, announces  ${unsigned}`);
}

async function showPreview({ plot, operator, say }: Telling): Promise<void> {
  say(`\nWhat would happen to ${plot.previewed}? Nothing is written.`);
  const { steps } = await operator.preview(plot.previewed, INPUTS);
  for (const { stepName, files = [], skipped } of steps) {
    if (skipped) say(`  ${stepName}: no file`);
    for (const { path, status } of files) say(`  ${stepName}: ${path} is ${status}`);
  }
}

async function startAll({ plot, operator, say }: Telling): Promise<void> {
  say(`\nAll ${plot.bus.length} are started with ${JSON.stringify(INPUTS)}.`);
  for (const { name } of plot.bus) await operator.start(name, INPUTS);
  const readBy = new Map(plot.bus.map(({ name, consumers }) => [name, consumers.length]));
  await operator.until("those that are read wait for their consumers", (all) =>
    all.every((it) =>
      isAt(it, readBy.get(it.id) ? "move-consumers open" : "approve awaiting_review"),
    ),
  );
  say(
    "  Each has a topic with its new name. Those that are read wait until their consumers moved.",
  );
}

async function killInMidRun(
  { plot, operator, stage, say }: Telling,
  instance: Program,
): Promise<Program> {
  const names = plot.bus.map(({ name }) => name);
  const moved = await operator.move(names.slice(0, 3), VERSION);
  say(
    `\nTeams move ${moved} consumers. The service is killed at once: ${await instance.end("SIGKILL")}.`,
  );
  const next = await stage.startInstance();
  say(`  It is started again, and teams move the other ${await operator.move(names, VERSION)}.`);
  await operator.until("all wait for a review", (all) =>
    all.every((it) => isAt(it, "approve awaiting_review")),
  );
  say(`  All ${names.length} wait for somebody to look whether anybody still writes to them.`);
  return next;
}

async function cancelOne({ plot, operator, stage, say }: Telling): Promise<void> {
  await operator.cancel(plot.cancelled, "its writers cannot move yet");
  await operator.until("the cancelled one is undone", (all) =>
    all.some(({ id, status }) => id === plot.cancelled && status === "not_started"),
  );
  say(
    `  ${plot.cancelled} is cancelled: its consumers are moved back, and its new topic is removed.`,
  );
  const page = await stage.people.viewer.get<{ rename: unknown }>(`/topics/${plot.cancelled}`);
  say(`  GET /topics/${plot.cancelled}  "rename": ${JSON.stringify(page.rename)}`);
}

async function replace({ plot, operator, stage, say }: Telling, old: Program): Promise<void> {
  await operator.subscribe("reports", plot.late);
  const others = plot.bus.map(({ name }) => name).filter((name) => name !== plot.cancelled);
  say(
    `\nA new instance is started beside the old one, and the other ${others.length} are approved.`,
  );
  await stage.startInstance();
  for (const name of others.slice(0, 2)) await operator.approve(name);
  stage.retire(old);
  say(`  In the midst of it the old one is told to end: exit code ${await old.end()}.`);
  for (const name of others.slice(2)) await operator.approve(name);
  await operator.until("all but one are completed", (all) =>
    all.every(
      ({ id, status }) => [plot.cancelled, plot.late].includes(id) || status === "completed",
    ),
  );
  say(`  The new one takes ${others.length - 1} to their end.`);
}

async function mendOne({ plot, operator, say }: Telling): Promise<void> {
  await operator.until("one step fails", (all) => all.some((it) => isAt(it, "retire failed")));
  const { error } = (await operator.steps(plot.late)).steps.at(-1) ?? {};
  say(`  ${plot.late} got a new consumer meanwhile. Retiring it fails: ${error}`);
  await operator.move([plot.late], VERSION);
  await operator.retry(plot.late, "retire");
  await operator.until("the last one is completed", (all) =>
    all.some(({ id, status }) => id === plot.late && status === "completed"),
  );
  say("  That one moves too, the step is retried, and all are completed.");
}
