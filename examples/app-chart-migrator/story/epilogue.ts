import type { Screen } from "../display/screen.ts";
import { GITOPS_REPO } from "../fleet/services.ts";
import type { Stage } from "../stage/stage.ts";

/** Says what there is to try while everything is still running. */
export function showWhatToTry({ loom, fleet, cast, directory }: Stage, screen: Screen): void {
  const curl = `curl -sH 'authorization: Bearer ${loom.token}' ${loom.url}`;
  const migration = "/migrations/app-chart-migration";
  screen.say(`
Still running at ${loom.url}, with all files in ${directory}. Try:

  ${curl}${migration}
  ${curl}${migration}/candidates/${cast.cancelled.candidateId}/steps
  ${curl}${migration}/cancelled-attempts
  ${curl}${migration}/history
  ${curl}/openapi.json
  git -C ${fleet.pathOf(GITOPS_REPO)} log --graph --oneline main

Ctrl-C ends it and removes the files.`);
}
