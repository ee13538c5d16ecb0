// In a Next app: instrumentation.ts, which Next runs once when its server starts. A platform that ends instances between requests,
// as serverless ones do, is no place for an engine in process.
import { loom } from "./loom.ts";

/** Opens Loom with the server, and closes it with the process. */
export async function register(): Promise<void> {
  await loom.open();
  process.once("SIGTERM", () => void loom.close());
}
