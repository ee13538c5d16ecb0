import { type Authorize, anyOf, standardWebhooks } from "@loom/http";
import type { User } from "../auth/user.ts";
import type { Config } from "../config.ts";

/** What viewers may ask Loom: to see, and to see what would happen. */
const LOOKING = /\.(list|read|preview|dryRun)$/;

/** Migrators sign their requests; people come with the session that they have at the service. */
export function createAuthorize({ MIGRATOR_SECRETS }: Config): Authorize<User | undefined> {
  const signed = standardWebhooks({ migrators: { "topic-rename": MIGRATOR_SECRETS } });
  return anyOf<User | undefined>(signed, authorizePeople);
}

const authorizePeople: Authorize<User | undefined> = ({ context: user, audience, action }) => {
  if (!user) return "unauthenticated";
  const may = user.role === "operator" || (user.role === "viewer" && LOOKING.test(action));
  return may && audience === "operator" ? { id: user.email } : "forbidden";
};
