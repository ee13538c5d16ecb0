import { anyOf, bearerTokens } from "@loom/http";
import type { User } from "./users.ts";

/** Migrators come with a token, people with their session. Viewers may look. */
export const authorize = anyOf<User | undefined>(
  bearerTokens({ migrator: { "a-migrators-token": { id: "greetings" } } }),
  ({ context: user, audience, action }) => {
    if (!user || audience !== "operator") return "unauthenticated";
    const mayAct = user.role === "operator" || /\.(list|read)$/.test(action);
    return mayAct ? { id: user.email } : "forbidden";
  },
);
