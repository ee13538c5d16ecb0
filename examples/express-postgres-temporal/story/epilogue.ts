import { MIGRATION_ID } from "./operator.ts";
import type { Scene } from "./scene.ts";

/** Says what there is to try while everything is still running. */
export function showWhatToTry({ stage, services, say }: Scene): void {
  const { service, temporal, databases, tokens } = stage;
  const curl = `curl -sH 'authorization: Bearer ${tokens.operator}' ${service.url}`;
  const migration = `/loom/migrations/${MIGRATION_ID}`;
  say(`
Still running: the service at ${service.url}, Temporal at ${temporal.address} (namespace ${temporal.namespace}).
The platform's database is ${databases.platform}
and the migrator's is ${databases.migrator}. Try:

  ${curl}${migration}
  ${curl}${migration}/candidates/${services[0]}/steps
  ${curl}${migration}/history
  ${curl}/services
  curl -si -X POST -H 'authorization: Bearer ${tokens.viewer}' ${service.url}${migration}/candidates/${services[0]}/start

Ctrl-C ends it and removes both databases.`);
}
