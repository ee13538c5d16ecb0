// npm run bench [-- temporal | stores …]: Loom beside the raw work of the same run, as a ratio. Absolute figures are of this machine and
// this moment.
const [what = "core"] = process.argv.slice(2);
const FIGURES: Readonly<Record<string, () => Promise<unknown>>> = {
  core: () => import("./core.ts"),
  stores: () => import("./stores/main.ts"),
  temporal: () => import("./temporal/main.ts"),
};
const figures = FIGURES[what];
if (!figures) throw new Error(`There are figures of ${Object.keys(FIGURES).join(", ")}.`);
await figures();
