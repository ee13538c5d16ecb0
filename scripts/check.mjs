// Runs every `check:*` script of package.json, two at a time, and sums up. A name after it picks some:
// `npm run check -- lint types`. With CHECK_REPORT=file it writes the counts there as JSON.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const NEEDS_BUILD = ["api", "exports", "packed", "size", "users"];
const AT_ONCE = 2;

const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
const all = Object.keys(scripts).flatMap((name) => name.match(/^check:(.+)/)?.[1] ?? []);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`No such check: ${unknown.join(", ")}. There are: ${all.join(", ")}.`);
  process.exit(2);
}

function runScript(script) {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
    const child = spawn("npm", ["run", "--silent", script], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let output = "";
    const keep = (chunk) => (output += chunk);
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("close", (code) => {
      resolve({ passed: code === 0, output, seconds: (performance.now() - startedAt) / 1000 });
    });
  });
}

function report(name, result) {
  console.log(`\n== ${name} ==`);
  if (result.output.trim()) console.log(result.output.trimEnd());
  console.log(`${name}: ${result.passed ? "passed" : "FAILED"}`);
  return { name, ...result };
}

const chosen = all.filter((name) => wanted.length === 0 || wanted.includes(name));
const needsBuild = (name) => NEEDS_BUILD.includes(name);
const results = [];
let built;

async function runCheck(name) {
  if (needsBuild(name) && !(await built).passed) {
    return { passed: false, output: "not run: the build failed", seconds: 0 };
  }
  return runScript(`check:${name}`);
}

// The build goes first and the checks of built files last, so that nobody waits for it for long.
const queue = chosen.toSorted((a, b) => needsBuild(a) - needsBuild(b));
const jobs = queue.map((name) => async () => results.push(report(name, await runCheck(name))));
if (chosen.some(needsBuild)) {
  jobs.unshift(async () => {
    built = runScript("build");
    results.push(report("build", await built));
  });
}
const worker = async () => {
  for (let job = jobs.shift(); job; job = jobs.shift()) await job();
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));

console.log("\n== summary ==");
for (const { name, passed, seconds } of results) {
  console.log(
    `${name.padEnd(12)} ${passed ? "passed" : "FAILED"} ${seconds.toFixed(1).padStart(7)} s`,
  );
}
const failed = results.filter((result) => !result.passed).length;
const counts = { passed: results.length - failed, failed };
console.log(`${counts.passed} checks passed, ${counts.failed} failed`);
if (process.env.CHECK_REPORT) writeFileSync(process.env.CHECK_REPORT, JSON.stringify(counts));
process.exitCode = failed > 0 ? 1 : 0;
