import { parse } from "yaml";
import type { Environment } from "../fleet/services.ts";
import type { ServiceEvidence } from "./evidence.ts";
import { compare, type Finding } from "./fact.ts";

/** The chart is there, and holds every value that the generic one had. */
export function checkChart({ service, chartVersion, own, gitops }: ServiceEvidence): Finding[] {
  const chart = {
    apiVersion: "v2",
    name: service.name,
    description: `Deploys ${service.name}`,
    version: chartVersion,
    dependencies: [
      { repository: "https://charts.acme.example", name: "generic-service", version: "2.7.0" },
    ],
  };
  const values = service.environments.map((env) => {
    const generic = gitops.before.get(`values/${env}/${service.name}.yaml`);
    return [`chart/values-${env}.yaml`, { "generic-service": parsed(generic) }] as const;
  });
  return [["chart/Chart.yaml", chart] as const, ...values].flatMap(([path, expected]) =>
    compare(`${own.repo} ${path}`, expected, parsed(own.now.get(path))),
  );
}

/** The Applications point to the chart and are otherwise as they were, their comments included. */
export function checkApplications(evidence: ServiceEvidence): Finding[] {
  return evidence.service.environments.flatMap((env) => checkApplication(evidence, env));
}

function checkApplication({ service, gitops }: ServiceEvidence, env: Environment): Finding[] {
  const path = `apps/${env}/${service.name}.yaml`;
  const [before = "", now = ""] = [gitops.before.get(path), gitops.now.get(path)];
  const application = parsed(before) as { readonly spec: Readonly<Record<string, unknown>> };
  const { sources: _generic, ...spec } = application.spec;
  const source = {
    repoURL: `https://git.acme.example/${service.repo}.git`,
    path: "chart",
    targetRevision: "main",
    helm: { releaseName: service.name, valueFiles: [`values-${env}.yaml`] },
  };
  return [
    ...compare(
      `${gitops.repo} ${path}`,
      { ...application, spec: { ...spec, source } },
      parsed(now),
    ),
    ...compare(`${gitops.repo} ${path}: comments`, comments(before), comments(now)),
  ];
}

function parsed(yaml: string | undefined): unknown {
  return yaml === undefined ? undefined : parse(yaml);
}

function comments(yaml: string): string[] {
  return yaml.match(/#.*$/gm) ?? [];
}
