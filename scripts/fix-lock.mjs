// Adds the lock entries that npm drops when a registry does not serve another platform's optional
// binary; without them `npm ci` fails with "Missing: … from lock file". Run after every dependency change.
import { readFileSync, writeFileSync } from "node:fs";

const OS_WORDS = {
  linuxmusl: "linux",
  windows: "win32",
  ...Object.fromEntries(
    "linux darwin win32 android freebsd openbsd netbsd sunos aix openharmony"
      .split(" ")
      .map((os) => [os, os]),
  ),
};
const CPU_WORDS = {
  armhf: "arm",
  ...Object.fromEntries(
    "x64 arm64 arm ia32 ppc64 riscv64 s390x loong64 mips64el wasm32"
      .split(" ")
      .map((cpu) => [cpu, cpu]),
  ),
};

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));

/** Where `name` is looked for from `path`: nearest node_modules first, as Node does it. */
function lookupPaths(path, name) {
  const parts = path.split("/node_modules/");
  const nested = parts.map((_, i) => parts.slice(0, parts.length - i).join("/node_modules/"));
  return [...nested.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}

function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.map((word) => OS_WORDS[word]).find(Boolean);
  const cpu =
    words.map((word) => CPU_WORDS[word]).find(Boolean) ??
    (/armv7|gnueabi|musleabi|arm-/.test(name) ? "arm" : undefined);
  const glibc = /gnu/.test(name) && os === "linux";
  const libc = /musl/.test(name) ? "musl" : glibc ? "glibc" : undefined;
  return { os, cpu, libc };
}

function entryOf(name, version, parent) {
  const { os, cpu, libc } = platformOf(name);
  if (!os && !cpu) throw new Error(`fix-lock: cannot tell the platform of ${name}`);
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(parent.dev && { dev: true }),
    ...(parent.devOptional && { devOptional: true }),
    ...(libc && { libc: [libc] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}

let added = 0;
for (const [path, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (!/^\d+\.\d+\.\d+/.test(version)) continue;
    const paths = lookupPaths(path, name);
    const nearest = paths.find((candidate) => lock.packages[candidate]);
    if (nearest && lock.packages[nearest].version === version) continue;
    // A hoisted entry of another version takes the top place: this one goes below its parent.
    const place = nearest ? paths[0] : `node_modules/${name}`;
    lock.packages[place] = entryOf(name, version, parent);
    added++;
  }
}

const byPath = ([a], [b]) => (a < b ? -1 : 1);
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(byPath));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
console.log(`fix-lock: ${added} added`);
