// Loaded into a process of a demo, beside its own file: when the process that made the demo's folder was killed, it cannot take it
// away any more, and the last one that ends after it does.
import { rmSync } from "node:fs";

const folder = process.env["DEMO_FOLDER"];
const tidy = () => {
  process.once("exit", () =>
    rmSync(folder ?? "", { recursive: true, force: true, maxRetries: 10 }),
  );
};
if (folder) {
  process.once("disconnect", tidy);
  if (!process.connected) tidy();
}
