import { Document, parseDocument, stringify } from "yaml";
import type { ApplicationFacts } from "./application.ts";

/** A chart to write. */
export interface ChartPlan {
  readonly service: string;
  readonly version: string;
  /** The generic chart, which the new one builds upon. */
  readonly generic: NonNullable<ApplicationFacts["genericChart"]>;
  /** The generic values by environment. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * The files of a service's own chart. It depends on the generic chart, so the values move one level down, with their comments.
 * @returns path → content
 */
export function chartFiles(plan: ChartPlan): Map<string, string> {
  const values = [...plan.values].map(
    ([env, yaml]) => [`chart/values-${env}.yaml`, nest(plan.generic.name, yaml)] as const,
  );
  return new Map([["chart/Chart.yaml", chart(plan)], ...values]);
}

function chart({ service, version, generic }: ChartPlan): string {
  return stringify({
    apiVersion: "v2",
    name: service,
    description: `Deploys ${service}`,
    version,
    dependencies: [{ ...generic }],
  });
}

function nest(key: string, yaml: string): string {
  const document = new Document();
  document.set(key, parseDocument(yaml).contents);
  return document.toString({ lineWidth: 0 });
}
