// Compiles the documentation's blocks and the type tests as a user does: against the declarations in `dist`, with nothing but
// `strict`, by the oldest TypeScript that is supported, the last one before the native ones, and our own. Build first.
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { docBlocks, fileOf } from "./doc-blocks.ts";

const COMPILERS = ["typescript-5.7", "typescript-5.9", "typescript"];
const FOLDER = resolve("test/.docs-users");
// skipLibCheck: other libraries' declarations are not ours to check.
const compilerOptions = { strict: true, module: "NodeNext", skipLibCheck: true };
const rest = { types: ["node"], noEmit: true };

function writeSources(): void {
  const config = { compilerOptions: { ...compilerOptions, ...rest }, include: ["*.ts"] };
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(config));
  for (const block of docBlocks()) writeFileSync(join(FOLDER, fileOf(block)), block.code);
  for (const file of globSync("packages/*/test/**/*.test-d.ts")) {
    const [, name = "", ...path] = file.split("/");
    const code = readFileSync(file, "utf8").replaceAll('"../src/index.ts"', `"@loom/${name}"`);
    writeFileSync(join(FOLDER, `${name}-${path.at(-1)?.replace(".test-d.ts", "-types.ts")}`), code);
  }
}

/** Asked by its path: all of them call their command `tsc`. */
function compiles(compiler: string): boolean {
  const { version } = JSON.parse(readFileSync(`node_modules/${compiler}/package.json`, "utf8")) as {
    version: string;
  };
  const tsc = `node_modules/${compiler}/bin/tsc`;
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", FOLDER], { encoding: "utf8" });
  console.log(`${status === 0 ? "passed" : "FAILED"}: TypeScript ${version}`);
  if (status !== 0) console.log(stdout);
  return status === 0;
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
try {
  writeSources();
  process.exitCode = COMPILERS.map(compiles).every(Boolean) ? 0 : 1;
} finally {
  rmSync(FOLDER, { recursive: true, force: true });
}
