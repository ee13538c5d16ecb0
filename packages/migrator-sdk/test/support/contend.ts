import { fileMigratorStore } from "../../src/index.ts";
import { takeTurns } from "./lock-contender.ts";

// Run as a process of its own: given a folder it is killed while it has it, else it takes turns in each that it is sent.
const [, , dir] = process.argv;
if (dir) {
  await fileMigratorStore(dir).open();
  process.kill(process.pid, "SIGKILL");
}
const answer = async (sent: string) => {
  await Promise.all(Array.from({ length: 4 }, () => takeTurns(sent, 1)));
  process.send?.("done");
};
// A turn that fails ends the process.
process.on("message", (sent: string) => void answer(sent));
