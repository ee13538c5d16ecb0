import type { Authorize } from "@loom/http";
import type { User } from "../auth/user.ts";

/** What viewers may ask Loom: to see, and to see what would happen. */
const LOOKING = /\.(list|read|preview|dryRun)$/;

/** The service's own roles decide: its accounts of programs do what migrators do, operators what operators do. */
export const authorize: Authorize<User | undefined> = ({ context: user, audience, action }) => {
  if (!user) return "unauthenticated";
  return may(user, audience, action) ? { id: user.email } : "forbidden";
};

function may({ role }: User, audience: "migrator" | "operator", action: string): boolean {
  if (role === "migrator") return audience === "migrator";
  return audience === "operator" && (role === "operator" || LOOKING.test(action));
}
