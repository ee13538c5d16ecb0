import { type Document, isMap, isScalar, parseDocument } from "yaml";

/** What an Argo CD Application says of itself, as far as this migration cares. */
export interface ApplicationFacts {
  /** `owner/name` of the service's own repository. */
  readonly repoName: string;
  readonly team: string;
  /** The generic chart that it is on, such as `generic-service 2.7.0`; absent when it has its own. */
  readonly genericChart?: {
    readonly repository: string;
    readonly name: string;
    readonly version: string;
  };
  /** Whether Argo CD deletes from the cluster what is no longer in git. */
  readonly prunes: boolean;
}

/** Reads an Application. */
export function readApplication(yaml: string): ApplicationFacts {
  const document = parseDocument(yaml);
  const chart = ["spec", "sources", 0];
  const genericChart = document.hasIn([...chart, "chart"]) && {
    repository: text(document, [...chart, "repoURL"]),
    name: text(document, [...chart, "chart"]),
    version: text(document, [...chart, "targetRevision"]),
  };
  return {
    repoName: text(document, ["metadata", "annotations", "acme.example/repository"]),
    team: text(document, ["metadata", "annotations", "acme.example/team"]),
    ...(genericChart ? { genericChart } : {}),
    prunes: document.getIn(PRUNE) === true,
  };
}

/** Tells Argo CD whether to delete what is no longer in git. Comments stay. */
export function setPrune(yaml: string, prune: boolean): string {
  return edit(yaml, (document) => document.setIn(PRUNE, prune));
}

/** Points an Application to the chart in the service's own repository. One that points there already stays as it is. */
export function useAppChart(yaml: string, env: string): string {
  return edit(yaml, (document) => {
    const spec = document.get("spec");
    const generic =
      isMap(spec) && spec.items.find(({ key }) => isScalar(key) && key.value === "sources");
    if (!generic) return;
    const { repoName } = readApplication(yaml);
    const releaseName = text(document, ["spec", "sources", 0, "helm", "releaseName"]);
    generic.key = document.createNode("source");
    generic.value = document.createNode({
      repoURL: `https://git.acme.example/${repoName}.git`,
      path: "chart",
      targetRevision: "main",
      helm: { releaseName, valueFiles: [`values-${env}.yaml`] },
    });
  });
}

const PRUNE = ["spec", "syncPolicy", "automated", "prune"];

function edit(yaml: string, change: (document: Document) => void): string {
  const document = parseDocument(yaml);
  change(document);
  return document.toString({ lineWidth: 0 });
}

function text(document: Pick<Document, "getIn">, path: (string | number)[]): string {
  const found = document.getIn(path);
  return typeof found === "string" ? found : "";
}
