import { expect, test } from "vitest";
import { genericDeployment } from "../fleet/files.ts";
import { inventServices } from "../fleet/services.ts";
import { readApplication, setPrune, useAppChart } from "../migrator/application.ts";
import { problemsOf } from "../migrator/verify.ts";

const [service] = inventServices(1);
if (!service) throw new Error("There is no service");
const gitops = new Map(genericDeployment(service).map(({ path, content = "" }) => [path, content]));
const generic = gitops.get("apps/dev/billing-api.yaml") ?? "";

test("an Application that is moved twice is moved once", () => {
  const once = useAppChart(generic, "dev");
  expect(useAppChart(once, "dev")).toBe(once);
  expect(readApplication(once)).not.toHaveProperty("genericChart");
});

test("pausing and resuming gives back the same bytes, comments included", () => {
  const paused = setPrune(generic, false);
  expect(paused).toContain("prune: false # removes");
  expect(setPrune(paused, true)).toBe(generic);
});

test("verification tells an Application that does not point to a chart", () => {
  expect(problemsOf({ ...deployment(), gitops })).toEqual([
    "apps/dev/billing-api.yaml does not point to an app chart",
  ]);
});

test("verification tells a chart without its values", () => {
  const own = new Map([["chart/Chart.yaml", ""]]);
  expect(problemsOf({ ...deployment(), own })).toEqual([
    "the repository has no chart/values-dev.yaml",
  ]);
});

test("verification tells a release without its tag", () => {
  expect(problemsOf({ ...deployment(), tags: ["v1.0.0"] })).toEqual([
    "it runs 1.4.0-rc.1, but the repository has no tag v1.4.0-rc.1",
  ]);
});

test("verification finds nothing wrong when all is there", () => {
  expect(problemsOf(deployment())).toEqual([]);
});

function deployment() {
  return {
    service: "billing-api",
    env: "dev" as const,
    gitops: new Map([["apps/dev/billing-api.yaml", useAppChart(generic, "dev")]]),
    own: new Map([
      ["chart/Chart.yaml", ""],
      ["chart/values-dev.yaml", "generic-service:\n  image:\n    tag: 1.4.0-rc.1\n"],
    ]),
    tags: ["v1.4.0-rc.1"],
  };
}
