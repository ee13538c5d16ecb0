// One API report for every entry of every package, in packages/*/etc. Reads dist, so build first.
// With --check it writes nothing and fails where a report differs from the committed one.
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const check = process.argv.includes("--check");
const reportTempFolder = resolve("node_modules/.cache/api");
const off = { enabled: false };
const silent = { default: { logLevel: "none" } };

const compilerOptions = {
  target: "es2023",
  lib: ["es2023", "esnext.disposable"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  skipLibCheck: true,
};

const entries = globSync("packages/*/package.json")
  .toSorted()
  .flatMap((manifest) => {
    const { exports } = JSON.parse(readFileSync(manifest, "utf8"));
    const folder = dirname(manifest);
    return Object.entries(exports).flatMap(([subpath, { types }]) =>
      types ? [{ folder, types, name: nameOf(folder, subpath) }] : [],
    );
  });

/** `packages/core` and `./wire` → `core.wire` */
function nameOf(folder, subpath) {
  return `${folder.split("/").at(-1)}${subpath.slice(1).replaceAll("/", ".")}`;
}

function configOf({ folder, types, name }) {
  const declarations = resolve(folder, types);
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve(folder, "package.json"),
    configObject: {
      projectFolder: resolve(folder),
      mainEntryPointFilePath: declarations,
      compiler: { overrideTsconfig: { compilerOptions, files: [declarations] } },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: resolve(folder, "etc"),
        reportTempFolder,
        includeForgottenExports: true,
      },
      docModel: off,
      dtsRollup: off,
      tsdocMetadata: off,
      newlineKind: "lf",
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
  });
}

const quiet = (message) => {
  if (message.logLevel !== "error") message.handled = true;
};

function changed(entry) {
  if (!check) mkdirSync(resolve(entry.folder, "etc"), { recursive: true });
  const config = configOf(entry);
  const result = Extractor.invoke(config, { localBuild: !check, messageCallback: quiet });
  if (result.errorCount > 0) process.exitCode = 1;
  return result.apiReportChanged ? [config] : [];
}

mkdirSync(reportTempFolder, { recursive: true });
const drifted = entries.flatMap(changed);
for (const { reportFilePath, reportTempFilePath } of drifted) {
  const file = relative(".", reportFilePath);
  console.log(check ? `${file} is out of date: npm run api` : `${file} written`);
  const diff = ["--no-pager", "diff", "--no-index", "--no-color", file, reportTempFilePath];
  if (check) spawnSync("git", diff, { stdio: "inherit" });
}
console.log(`${entries.length} entries, ${drifted.length} changed`);
if (check && drifted.length > 0) process.exitCode = 1;
