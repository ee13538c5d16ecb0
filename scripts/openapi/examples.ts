const CALLBACK_ID = "L1.WyJjaGFydC11cGdyYWRlX19iaWxsaW5nIl0.c2lnbmF0dXJl";

const candidate = {
  id: "billing",
  kind: "application",
  metadata: { repository: "acme/billing", team: "payments" },
  state: { currentVersion: "1.4.0" },
};

const steps = [
  { name: "bump-staging", type: "bump-chart", config: { env: "staging" }, compensable: true },
  { name: "approve", description: "A person looks at staging" },
  {
    name: "bump-production",
    type: "bump-chart",
    config: { env: "production" },
    timeoutSeconds: 1_209_600,
  },
];

const dispatch = {
  migrationId: "chart-upgrade",
  runId: "chart-upgrade__billing",
  stepName: "bump-staging",
  candidate: { ...candidate, metadata: { ...candidate.metadata, targetVersion: "2.0.0" } },
  type: "bump-chart",
  config: { env: "staging" },
  callbackId: CALLBACK_ID,
  callbackUrl: `https://platform.example/loom/event/${CALLBACK_ID}`,
  eventName: "step-completed:bump-staging",
  migratorApp: "charts",
  migratorUrl: "https://charts.platform.example",
  dispatchId: "chart-upgrade__billing:1:do:bump-staging:1",
  attempt: 1,
  stepAttempt: 1,
  inputs: { targetVersion: "2.0.0" },
};

/** What bodies look like, by operation; together they are one story. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  announceMigration: {
    id: "chart-upgrade",
    name: "Upgrade the chart",
    overview: ["Staging first", "Then, after a look, production"],
    steps,
    requiredInputs: [{ name: "targetVersion", label: "Version to move to" }],
    migratorApp: "charts",
    migratorUrl: "https://charts.platform.example",
  },
  submitCandidates: { candidates: [candidate], discovery: { id: "2026-03-01", complete: true } },
  reportStep: {
    stepName: "bump-staging",
    candidateId: "billing",
    success: true,
    phase: "open",
    metadata: { prUrl: "https://git.example/acme/billing/pull/7" },
    eventId: "pull-7-opened",
  },
  startRun: { inputs: { targetVersion: "2.0.0" } },
  cancelRun: { reason: "Wrong version", compensate: true, attempt: 1 },
  retryStep: { stepName: "bump-staging", attempt: 1, stepAttempt: 1 },
  updateInputs: { inputs: { targetVersion: "2.0.1" } },
  dispatchStep: dispatch,
  compensateStep: {
    ...dispatch,
    dispatchId: "chart-upgrade__billing:1:undo:bump-staging:1",
    stepStatus: "open",
    stepMetadata: { prUrl: "https://git.example/acme/billing/pull/7" },
  },
  dryRun: { migrationId: "chart-upgrade", candidate, steps, inputs: { targetVersion: "2.0.0" } },
  dryRunResult: {
    steps: [
      {
        stepName: "bump-staging",
        skipped: false,
        files: [
          {
            path: "staging/Chart.yaml",
            repo: "acme/billing",
            before: "version: 1.4.0\n",
            after: "version: 2.0.0\n",
            status: "modified",
          },
        ],
      },
      { stepName: "approve", skipped: true },
      {
        stepName: "bump-production",
        skipped: false,
        error: "There is no folder named production.",
      },
    ],
  },
};

/** The example of an operation's body, for a media type. */
export function exampleOf(id: string): { example?: unknown } {
  return Object.hasOwn(EXAMPLES, id) ? { example: EXAMPLES[id] } : {};
}
