import type { Authorize } from "@loom/http";
import type { User } from "../platform/users.ts";

/** The platform's users in Loom: viewers look, operators act too, and migrators do only what migrators do. */
export const authorize: Authorize<User | undefined> = ({ context: user, audience, action }) => {
  if (!user) return "unauthenticated";
  const isReading = /\.(list|read)$/.test(action);
  const isAllowed =
    user.role === "migrator"
      ? audience === "migrator"
      : audience === "operator" && (user.role === "operator" || isReading);
  return isAllowed ? { id: user.email } : "forbidden";
};
