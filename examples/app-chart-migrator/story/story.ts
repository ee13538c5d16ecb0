import { styleText } from "node:util";
import { check } from "../check/check.ts";
import { renderFact } from "../display/report.ts";
import type { Screen } from "../display/screen.ts";
import type { Stage } from "../stage/stage.ts";
import { createOperator } from "./operator.ts";
import { showAnnouncement, showDiscovery, showPreview } from "./prologue.ts";
import { createReactions } from "./reactions.ts";
import { renderResults } from "./results.ts";
import { watch } from "./watch.ts";

const INPUTS = { chartVersion: "1.0.0" };

/**
 * Plays an operator, from the announcement of the migration to the check of what it did.
 * @returns whether every fact was proved
 */
export async function playStory(
  { fleet, forge, cast, loom }: Stage,
  screen: Screen,
): Promise<boolean> {
  const operator = createOperator(loom);
  const chapter = (title: string) => screen.say(`\n${styleText("bold", title)}`);

  chapter("Announce");
  await showAnnouncement(operator, screen);

  chapter("Discover");
  const candidates = await showDiscovery(operator, screen, fleet.services.length);

  chapter(`Dry-run of ${cast.previewed}`);
  const preview = await showPreview(operator, screen, cast.previewed, INPUTS);

  chapter(`Run all ${candidates.length}`);
  for (const { id } of candidates) await operator.start(id, { inputs: INPUTS });
  const cancel = cast.cancelled;
  const react = createReactions({ operator, screen, fleet, cancel, inputs: INPUTS });
  await watch(operator, screen, react);

  chapter("Result");
  screen.say(await renderResults(operator, forge.list()));

  chapter("Check, from the git history of every repository");
  const requests = forge.list();
  const cancelled = { service: cancel.candidateId, request: cast.held.find() };
  const facts = await check({ fleet, preview, requests, cancelled, ...INPUTS });
  for (const fact of facts) screen.say(renderFact(fact));
  return facts.every(({ findings }) => findings.length === 0);
}
