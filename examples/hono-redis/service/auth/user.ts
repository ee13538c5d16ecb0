/** What somebody may do: look, act, or act as the account of a program. */
export type Role = "viewer" | "operator" | "migrator";

/** Who is logged in. */
export interface User {
  readonly email: string;
  readonly role: Role;
}
