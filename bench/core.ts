// Loom in process and over loopback.
import { handler } from "./cases/handler.ts";
import { inProcess } from "./cases/in-process.ts";
import { loopback } from "./cases/loopback.ts";
import { memory } from "./cases/memory.ts";
import { runMachine } from "./cases/run-machine.ts";
import { measure } from "./measure.ts";
import { tableOf } from "./table.ts";

const overLoopback = await loopback();
const measured = [];
for (const comparison of [runMachine, inProcess, await handler(), overLoopback]) {
  say(`… ${comparison.name}`);
  measured.push(await measure(comparison));
}
const { p50, p99 } = overLoopback.latencies();
const { bytesPerRun, seconds } = await memory();
const shown = (values: readonly number[], digits: number): string =>
  values.map((value) => value.toFixed(digits)).join(", ");

say(`\n${tableOf(measured)}\n`);
const steps = measured.at(-1)?.loom ?? 0;
const verdict = (isReached: boolean): string => (isReached ? "reached" : "falls short");
say(`over loopback, goal ≥ 2,000 steps per second: ${verdict(steps >= 2000)}`);
say(
  `over loopback, a step took ${p50.toFixed(1)} ms at p50 and ${p99.toFixed(1)} ms at p99; goal p50 ≤ 10 ms: ${verdict(p50 <= 10)}`,
);
say(`heap per finished run of five steps, part by part: ${shown(bytesPerRun, 0)} bytes`);
say(`seconds for each 2,000 runs: ${shown(seconds, 2)}`);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
