/** The same random runs every time, unless `LOOM_SEED` asks for others; fast-check prints the seed of a failure. */
export const seed = Number(process.env["LOOM_SEED"] ?? 20260301);
