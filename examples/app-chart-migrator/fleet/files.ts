import type { FileEdit } from "../git/write.ts";
import { type Environment, GITOPS_REPO, type Service } from "./services.ts";

/** What a service's own repository holds before the migration. */
export function serviceFiles(service: Service): FileEdit[] {
  return [
    file("README.md", `# ${service.name}\n\nOwned by team ${service.team}.\n`),
    file("src/main.py", `print("${service.name} is up")\n`),
  ];
}

/** The Application and the values of a service on the generic chart, for all of its environments. */
export function genericDeployment(service: Service): FileEdit[] {
  return service.environments.flatMap((env) => [
    file(
      `apps/${env}/${service.name}.yaml`,
      application(service, env, genericSources(service, env)),
    ),
    file(`values/${env}/${service.name}.yaml`, genericValues(service, env)),
  ]);
}

/** The Application of a service that has its own chart already. */
export function appChartDeployment(service: Service): FileEdit[] {
  return service.environments.map((env) =>
    file(
      `apps/${env}/${service.name}.yaml`,
      application(service, env, appChartSource(service, env)),
    ),
  );
}

function application(service: Service, env: Environment, source: string): string {
  return `# Owned by team ${service.team}: ask in #${service.team} before you change it.
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${service.name}-${env}
  namespace: argocd
  annotations:
    acme.example/repository: ${service.repo}
    acme.example/team: ${service.team}
spec:
  project: default
  destination:
    server: https://kubernetes.default.svc
    namespace: ${service.name}
${source}
  syncPolicy:
    automated:
      prune: true # removes from the cluster what is no longer in git
      selfHeal: true
`;
}

function genericSources(service: Service, env: Environment): string {
  return `  sources:
    - repoURL: https://charts.acme.example
      chart: generic-service
      targetRevision: 2.7.0
      helm:
        releaseName: ${service.name}
        valueFiles:
          - $values/values/${env}/${service.name}.yaml
    - repoURL: https://git.acme.example/${GITOPS_REPO}.git
      targetRevision: main
      ref: values`;
}

function appChartSource(service: Service, env: Environment): string {
  return `  source:
    repoURL: https://git.acme.example/${service.repo}.git
    path: chart
    targetRevision: main
    helm:
      releaseName: ${service.name}
      valueFiles:
        - values-${env}.yaml`;
}

function genericValues(service: Service, env: Environment): string {
  const replicas = { dev: 1, staging: 2, prod: 6 }[env];
  return `image:
  repository: registry.acme.example/${service.name}
  tag: ${service.images[env]}
replicas: ${replicas} # agreed with team ${service.team}
resources:
  requests:
    cpu: ${replicas * 50}m
    memory: ${replicas * 64}Mi
environment:
  LOG_LEVEL: ${env === "prod" ? "warn" : "debug"}
`;
}

function file(path: string, content: string): FileEdit {
  return { path, content };
}
