/** Where a service runs, in the order in which changes reach it. */
export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** A service of the fleet: one repository of its own, one Argo CD Application for each environment. */
export interface Service {
  readonly name: string;
  /** `owner/name` of its repository. */
  readonly repo: string;
  readonly team: string;
  readonly environments: readonly Environment[];
  /** The image that each environment runs. */
  readonly images: Readonly<Record<Environment, string>>;
}

/** The repository with the Argo CD Applications of all services. */
export const GITOPS_REPO = "acme/gitops";

/** A service that has its own chart already, so that discovery has something to leave alone. */
export const MIGRATED_SERVICE: Service = {
  name: "status-page",
  repo: "acme/status-page",
  team: "reliability",
  environments: ENVIRONMENTS,
  images: { dev: "3.0.0", staging: "3.0.0", prod: "3.0.0" },
};

/** Makes up services on the generic chart, the same ones every time. */
export function inventServices(count: number): Service[] {
  return Array.from({ length: count }, (_, index) => inventService(index));
}

function inventService(index: number): Service {
  const [base, team] = SERVICES[index % SERVICES.length] ?? ["service", "platform"];
  const round = Math.floor(index / SERVICES.length);
  const name = round === 0 ? base : `${base}-${round + 1}`;
  const release = `1.${4 + (index % 5)}`;
  return {
    name,
    repo: `acme/${name}`,
    team,
    // A few services have no staging, so that some candidates bring a plan of their own.
    environments: index % 5 === 3 ? ["dev", "prod"] : ENVIRONMENTS,
    images: { dev: `${release}.0-rc.1`, staging: `1.3.${index % 7}`, prod: `1.3.${index % 4}` },
  };
}

const SERVICES = [
  ["billing-api", "payments"],
  ["catalog", "shopping"],
  ["checkout", "shopping"],
  ["fraud-check", "payments"],
  ["identity", "accounts"],
  ["invoices", "payments"],
  ["inventory", "logistics"],
  ["mailer", "engagement"],
  ["pricing", "shopping"],
  ["recommender", "engagement"],
  ["search", "shopping"],
  ["shipping", "logistics"],
  ["audit-log", "reliability"],
  ["coupons", "shopping"],
  ["gift-cards", "payments"],
  ["image-proxy", "platform"],
  ["loyalty", "engagement"],
  ["price-feed", "shopping"],
  ["returns", "logistics"],
  ["reviews", "engagement"],
  ["session-store", "accounts"],
  ["tax-rates", "payments"],
  ["warehouse", "logistics"],
  ["wishlist", "shopping"],
] as const;
