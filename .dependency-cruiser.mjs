// Who may import whom. Each rule says what a folder may reach; everything else is forbidden to it.

const TEST = "\\.test\\.ts$|^(packages|examples)/[^/]+/test/";
const MIGRATOR_STORE = "^packages/(adapter-[^/]+)/src/migrator";
const core = (...places) => places.map((place) => `^packages/core/src/${place}`);

/** Files under `from` (tests apart) import nothing but `to`; `typesOnly` names what they may only take types of. */
const only = (name, from, to, typesOnly = []) => [
  {
    name: `${name}-imports`,
    severity: "error",
    from: { path: from, pathNot: TEST },
    to: { pathNot: [...to, ...typesOnly] },
  },
  ...(typesOnly.length === 0
    ? []
    : [
        {
          name: `${name}-types-only`,
          severity: "error",
          from: { path: from, pathNot: TEST },
          to: { path: typesOnly, dependencyTypesNot: ["type-only"] },
        },
      ]),
];

const ERRORS = "errors\\.ts$";

const insideCore = [
  ...only("core", "^packages/core/src/", ["^packages/core/src/", "(^|/)node_modules/zod/"]),
  ...only("core-domain", core("domain/"), core("domain/")),
  ...only("core-errors", core(ERRORS), [], core("domain/")),
  ...only("core-run", core("run/"), core("run/"), core("domain/")),
  ...only("core-guards", core("guards/"), core("guards/", "domain/", ERRORS)),
  ...only("core-ports", core("ports/"), core("ports/", "domain/"), core("run/", ERRORS)),
  ...only(
    "core-use-cases",
    core("use-cases/"),
    core("use-cases/", "guards/", "ports/", "run/", "domain/", ERRORS),
  ),
  ...only("core-effects", core("effects/"), core("effects/", "ports/", "run/", "domain/", ERRORS)),
  ...only("core-wire", core("wire/"), [
    ...core("wire/", "domain/", ERRORS),
    "(^|/)node_modules/zod/",
  ]),
];

const temporal = (...places) => places.map((place) => `^packages/engine-temporal/src/${place}`);
const sdk = (...parts) => parts.map((part) => `(^|/)node_modules/@temporalio/${part}/`);
const SHARED = temporal("protocol\\.ts$", "slim\\.ts$");
const ROOM = temporal("room\\.ts$");
const CORE = core("");
const CORE_BUT_RUN = core("(?!run/)");

/** Each entry of the Temporal engine runs elsewhere: in a service without native code, in the workflow sandbox, in a worker. */
const insideEngineTemporal = [
  ...only("temporal-client", temporal("(index\\.ts$|client/)"), [
    ...temporal("client/"),
    ...SHARED,
    ...ROOM,
    ...CORE,
    ...sdk("client", "common"),
  ]),
  ...only(
    "temporal-workflows",
    temporal("workflows/"),
    [
      ...temporal("workflows/", "protocol\\.ts$"),
      ...ROOM,
      ...core("run/"),
      ...sdk("workflow", "common"),
    ],
    CORE_BUT_RUN,
  ),
  ...only("temporal-shared", SHARED, SHARED, CORE),
  ...only("temporal-room", ROOM, core("run/"), CORE_BUT_RUN),
  ...only("temporal-activities", temporal("activities/"), [
    ...temporal("activities/"),
    ...SHARED,
    ...CORE,
    ...sdk("activity", "common"),
  ]),
];

/** Packages of the workspace that a package may import. */
const betweenPackages = [
  {
    name: "packages-import-core",
    comment: "everything else imports core, and nothing but core",
    severity: "error",
    from: {
      path: "^packages/([^/]+)/",
      pathNot: [TEST, "^packages/(core|testing)/", MIGRATOR_STORE],
    },
    to: { path: "^packages/", pathNot: ["^packages/$1/", "^packages/core/"] },
  },
  {
    name: "migrator-store-imports",
    comment: "a store adapter's ./migrator implements migrator-sdk's port",
    severity: "error",
    from: { path: MIGRATOR_STORE, pathNot: TEST },
    to: { path: "^packages/", pathNot: ["^packages/$1/", "^packages/(core|migrator-sdk)/"] },
  },
  {
    name: "migrator-store-types-only",
    severity: "error",
    from: { path: MIGRATOR_STORE, pathNot: TEST },
    to: { path: "^packages/migrator-sdk/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "migrator-sdk-imports-wire-and-errors",
    severity: "error",
    from: { path: "^packages/migrator-sdk/", pathNot: TEST },
    to: { path: "^packages/core/", pathNot: core("wire/index\\.ts$", ERRORS) },
  },
  {
    name: "adapters-and-engines-stand-alone",
    severity: "error",
    from: { path: "^packages/((?:adapter|engine)-[^/]+)/" },
    to: { path: "^packages/(adapter|engine)-", pathNot: "^packages/$1/" },
  },
  {
    name: "testing-imports",
    severity: "error",
    from: { path: "^packages/testing/src/", pathNot: TEST },
    to: {
      path: "^packages/",
      pathNot: "^packages/(testing|core|local|migrator-sdk)/",
    },
  },
  {
    name: "testing-is-for-tests",
    severity: "error",
    from: { pathNot: [TEST, "^packages/testing/", "^test/"] },
    to: { path: "^packages/testing/" },
  },
  {
    name: "packages-by-name",
    comment: "another package is imported by its name, never by a path into its folder",
    severity: "error",
    from: { path: "^((?:packages|examples)/[^/]+)/" },
    to: { path: "^(packages|examples)/", pathNot: "^$1/", dependencyTypes: ["local"] },
  },
  {
    name: "nobody-imports-examples",
    severity: "error",
    from: { pathNot: "^(examples|test)/" },
    to: { path: "^examples/" },
  },
];

const hygiene = [
  { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
  { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  {
    name: "no-undeclared-dependency",
    severity: "error",
    from: { path: "^packages/[^/]+/src/", pathNot: TEST },
    to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
  },
  {
    name: "no-dev-dependency",
    comment: "what is published must not import what only a checkout has",
    severity: "error",
    from: { path: "^packages/[^/]+/src/", pathNot: TEST },
    to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm-peer", "type-only"] },
  },
];

export default {
  forbidden: [...insideCore, ...insideEngineTemporal, ...betweenPackages, ...hygiene],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^packages/[^/]+/dist/" },
    parser: "swc",
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@loom/source", "import", "node", "default", "types"],
      extensions: [".ts", ".js"],
    },
  },
};
