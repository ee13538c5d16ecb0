import type { CandidatePage, CandidateWithStatus, MigrationWithCounts } from "@loom/core";

/** The migration that this example is about. */
export const MIGRATION_ID = "rotate-deploy-keys";

/** The run of a service, and with it its workflow in Temporal. */
export function runIdOf(service: string): string {
  return `${MIGRATION_ID}__${service}`;
}

/** What one sees and does on the platform, over HTTP, with a token or without. */
export interface Operator {
  /** The services in the platform's own catalogue. */
  services(): Promise<readonly string[]>;
  register(service: string): Promise<number>;
  migrations(): Promise<readonly MigrationWithCounts[]>;
  candidates(): Promise<readonly CandidateWithStatus[]>;
  /** Gives the status that the start was answered with. */
  start(candidateId: string): Promise<number>;
}

export function createOperator(platformUrl: string, token: string | undefined): Operator {
  const ask = async (path: string, body?: unknown): Promise<Response> =>
    fetch(platformUrl + path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        "content-type": "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const read = async <T>(path: string): Promise<T> => {
    const response = await ask(path);
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
    return (await response.json()) as T;
  };
  const post = async (path: string, body: unknown): Promise<number> =>
    (await ask(path, body)).status;
  const candidatesPath = `/loom/migrations/${MIGRATION_ID}/candidates`;
  return {
    services: async () =>
      (await read<{ services: { name: string }[] }>("/services")).services.map(({ name }) => name),
    register: (name) => post("/services", { name, team: "payments" }),
    migrations: async () =>
      (await read<{ migrations: MigrationWithCounts[] }>("/loom/migrations")).migrations,
    candidates: async () => (await read<CandidatePage>(`${candidatesPath}?limit=500`)).candidates,
    start: (id) => post(`${candidatesPath}/${id}/start`, { inputs: { algorithm: "ed25519" } }),
  };
}
