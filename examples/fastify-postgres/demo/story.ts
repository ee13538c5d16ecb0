import type { Program } from "../../../test/servers/program.ts";
import { isAt } from "../../../test/stage/operator.ts";
import type { Fact } from "../../../test/stage/proof.ts";
import { diffLines } from "./diff.ts";
import { FORGETFUL, manifestOf, OLD_NODE } from "./fleet.ts";
import { createOperator, type Operator } from "./operator.ts";
import { type Plot, prove } from "./proof.ts";
import type { Stage } from "./stage.ts";

const INPUTS = { node: "24" };

/** What the story needs: everything, and where to tell it. */
interface Telling {
  readonly stage: Stage;
  readonly plot: Plot;
  readonly operator: Operator;
  readonly say: (line: string) => void;
}

/**
 * Takes the services through the migration, with a failed step, a cancel, a service that is killed and one that is replaced.
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
  return prove(stage, plot, telling.operator);
}

async function introduce({ stage, plot, operator, say }: Telling): Promise<void> {
  say(`\nThe service is at ${stage.url}, its migrator at ${stage.migrator.url}.`);
  await stage.migrator.logged(/"discovered"/);
  const { name, counts } = await operator.migration();
  say(`  GET /health    ${JSON.stringify(await stage.people.stranger.get("/health"))}`);
  say(`  GET /services  ${plot.names.length} services of the company`);
  say(`  GET /loom/migrations/node-upgrade  "${name}", ${counts.notStarted} candidates`);
}

async function tellWhoMayDoWhat({ stage, plot, say }: Telling): Promise<void> {
  say("\nWho may do what, by the sessions of the service:");
  const start = `/loom/migrations/node-upgrade/candidates/${plot.names[0]}/start`;
  const { stranger, viewer, account } = stage.people;
  say(`  a stranger reads          ${await stranger.status("GET", "/loom/migrations")}`);
  say(`  a viewer reads            ${await viewer.status("GET", "/loom/migrations")}`);
  say(`  a viewer starts           ${await viewer.status("POST", start, { inputs: INPUTS })}`);
  say(`  the migrator starts       ${await account.status("POST", start, { inputs: INPUTS })}`);
}

async function showPreview({ plot, operator, say }: Telling): Promise<void> {
  say(`\nWhat would happen to ${plot.previewed}? Nothing is written.`);
  const { steps } = await operator.preview(plot.previewed, INPUTS);
  for (const { stepName, files = [] } of steps)
    for (const { path, before = "", after = "" } of files)
      say([`  ${stepName}: ${path}`, ...diffLines(before, after)].join("\n"));
}

async function startAll({ plot, operator, stage, say }: Telling): Promise<void> {
  say(`\nAll ${plot.names.length} are started with ${JSON.stringify(INPUTS)}.`);
  for (const name of plot.names) await operator.start(name, INPUTS);
  await operator.until("one step fails", (all) =>
    all.some((it) => isAt(it, "raise-canary failed")),
  );
  const { error } = (await operator.steps(FORGETFUL)).steps.at(-1) ?? {};
  say(`  ${FORGETFUL} fails: ${error}`);
  const manifest = manifestOf(FORGETFUL, OLD_NODE, OLD_NODE);
  await stage.people.operator.send("PUT", `/services/${FORGETFUL}`, { team: "payments", manifest });
  await operator.retry(FORGETFUL, "raise-canary");
  await operator.until("all changes are open", (all) =>
    all.every((it) => isAt(it, "raise-canary open")),
  );
  say(`  Its team adds it, and the step is retried. ${plot.names.length} changes are open.`);
}

async function killInMidRun(
  { plot, operator, stage, say }: Telling,
  instance: Program,
): Promise<Program> {
  const merged = await operator.merge(plot.names.slice(0, 3));
  say(
    `\nTeams merge ${merged} of them. The service is killed at once: ${await instance.end("SIGKILL")}.`,
  );
  const next = await stage.startInstance();
  const rest = await operator.merge(plot.names);
  say(`  It is started again, and teams merge the other ${rest}.`);
  await operator.until("all wait for a review", (all) =>
    all.every((it) => isAt(it, "review awaiting_review")),
  );
  say(`  All ${plot.names.length} wait for somebody to look at their canary instances.`);
  return next;
}

async function cancelOne({ plot, operator, say }: Telling): Promise<void> {
  await operator.cancel(plot.cancelled, "its canary instances crash");
  await operator.until("the cancelled one is undone", (all) =>
    all.some(({ id, status }) => id === plot.cancelled && status === "not_started"),
  );
  say(`  ${plot.cancelled} does not look well: it is cancelled, and its change taken back.`);
}

async function replace({ plot, operator, stage, say }: Telling, old: Program): Promise<void> {
  const others = plot.names.filter((name) => name !== plot.cancelled);
  for (const name of others) await operator.approve(name);
  say(`\nThe other ${others.length} are approved. A new instance is started beside the old one.`);
  await stage.startInstance();
  await operator.until("all fleet changes are open", (all) =>
    all.every((it) => it.id === plot.cancelled || isAt(it, "raise-fleet open")),
  );
  await operator.merge(others.slice(0, 2));
  stage.retire(old);
  say(
    `  Two more changes are merged, and the old one is told to end: exit code ${await old.end()}.`,
  );
  await operator.merge(others);
  await operator.until("all are completed", (all) =>
    all.every(({ id, status }) => id === plot.cancelled || status === "completed"),
  );
  say(`  The new one takes all ${others.length} to their end.`);
}
