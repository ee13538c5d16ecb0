import type { ServiceEntry } from "../service/catalogue/services.ts";

/** The version that all services have before the demo. */
export const OLD_NODE = "20";

/** The one whose manifest says nothing of Node, so that its first step fails. */
export const FORGETFUL = "ledger";

/** What a manifest says when a service runs on these versions. */
export function manifestOf(name: string, canary: string, fleet: string): string {
  return `# ${name}: ask its team before you touch it
name: ${name}
node:
  canary: ${canary} # two instances
  fleet: ${fleet}
replicas: 6
`;
}

/** Services of some teams, as they are before the demo. */
export function fleetOf(names: readonly string[]): readonly ServiceEntry[] {
  return names.map((name, at) => ({
    name,
    team: at % 2 === 0 ? "payments" : "shop",
    manifest:
      name === FORGETFUL ? `name: ${name}\nreplicas: 6\n` : manifestOf(name, OLD_NODE, OLD_NODE),
  }));
}
