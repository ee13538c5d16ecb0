// In a Next app: instrumentation.ts, which Next runs once when its server starts. A platform that ends instances between requests,
// as serverless ones do, is no place for an engine in process.

/** Opens Loom with the server, and closes it with the process. Next builds this file for its Edge runtime too, which has no process. */
export async function register(): Promise<void> {
  if (process.env["NEXT_RUNTIME"] === "nodejs") {
    const { loom } = await import("./loom.ts");
    await loom.open();
    process.once("SIGTERM", () => void loom.close());
  }
}
