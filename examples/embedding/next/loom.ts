import type { Loom } from "@loom/core";
import { createPlatformLoom } from "../platform/loom.ts";

/** Next makes its modules anew as it pleases, so the one Loom of the process lives beside them. */
const kept = globalThis as { platformLoom?: Loom };

export const loom: Loom = (kept.platformLoom ??= createPlatformLoom(
  process.env["LOOM_PUBLIC_URL"],
));
