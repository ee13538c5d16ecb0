// Loom in process and over loopback.
import { handler } from "./cases/handler.ts";
import { inProcess } from "./cases/in-process.ts";
import { loopback } from "./cases/loopback.ts";
import { memory } from "./cases/memory.ts";
import { runMachine } from "./cases/run-machine.ts";
import { STEPS } from "./loom.ts";
import { countedIn, growth, measure } from "./measure.ts";
import { legendOf, tableOf } from "./table.ts";

/** What noise may add to a part of the same cost; twice as many runs at a growing cost add far more. */
const MOST_GROWTH = 1.2;

const overLoopback = await loopback();
const measured = [];
for (const comparison of [runMachine, inProcess, await handler(), overLoopback]) {
  say(`… ${comparison.name}`);
  const rates = await measure(comparison);
  if (comparison === inProcess) measured.push(countedIn("runs", STEPS.length, rates));
  measured.push(rates);
}
say(`\n${tableOf(measured)}\n\n${legendOf(measured)}\n`);

const { p50, p99 } = overLoopback.latencies();
const steps = measured.at(-1)?.loom ?? 0;
say(`over loopback, goal ≥ 2,000 steps per second: ${verdict(steps >= 2000)}`);
say(
  `over loopback, a step took ${p50.toFixed(1)} ms at p50 and ${p99.toFixed(1)} ms at p99; goal p50 ≤ 10 ms: ${verdict(p50 <= 10)}`,
);

const { bytesPerRun, seconds } = await memory();
say(`heap per finished run of five steps, part by part: ${shown(bytesPerRun, 0)} bytes`);
say(`seconds for each 2,000 runs: ${shown(seconds, 2)}`);
const [time, heap] = [growth(seconds), growth(bytesPerRun)];
say(
  `10,000 more cost ${time.toFixed(2)} × the time and ${heap.toFixed(2)} × the heap each, ` +
    `goal ≤ ${MOST_GROWTH}: ${verdict(time <= MOST_GROWTH && heap <= MOST_GROWTH)}`,
);

function verdict(isReached: boolean): string {
  return isReached ? "reached" : "falls short";
}

function shown(values: readonly number[], digits: number): string {
  return values.map((value) => value.toFixed(digits)).join(", ");
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
