/** Who is logged in. */
export interface User {
  readonly email: string;
  readonly role: "operator" | "viewer";
}

/** Stands for your session store. */
const SESSIONS: ReadonlyMap<string, User> = new Map([
  ["olivias-session", { email: "olivia@platform.example", role: "operator" }],
  ["victors-session", { email: "victor@platform.example", role: "viewer" }],
]);

/**
 * The user of a session cookie. It must be a `SameSite=Strict` one, as for any API that a browser calls: else another site could
 * press Start with it.
 */
export function userOf(cookies: string | null | undefined): User | undefined {
  const [, session = ""] = /(?:^|; ?)session=([^;]*)/.exec(cookies ?? "") ?? [];
  return SESSIONS.get(session);
}
