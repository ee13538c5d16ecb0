/** What the document says beyond its schemas: enough to write a migrator, in any language, from it alone. */
export const INTRODUCTION = `Loom runs large migrations: one change, applied to many candidates, each through the same ordered steps. It owns the
registry, the status of every candidate, sequencing, retries, cancel, preview and audit. What a step *does* is the
business of a **migrator**: a separate service, in any language, that speaks this contract.

This document has both directions: \`paths\` are what Loom serves; \`webhooks\` are the calls that Loom makes to a migrator.

## Conventions
- JSON in UTF-8, \`content-type: application/json\`, names in camelCase. Unknown fields are ignored and dropped; \`null\` stands
  for an absent field. Ignore fields that you do not know, too: newer versions add some.
- Ids in a path are percent-encoded (\`a/b\` is \`a%2Fb\`); a \`callbackId\` needs no encoding.
- Lengths count UTF-16 code units. No text may hold NUL or lone surrogates.
- A body is at most 1 MiB, an announcement or a submission of candidates at most 8 MiB.
- Times are RFC 3339 in UTC. Lists come in pages: give \`nextCursor\` back as \`cursor\` until there is none.
- HEAD of any path with a GET answers with the same status and headers, without the body.
- Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`. A 503 has \`Retry-After\`. Bad input changes nothing.
- Who may do what is decided by the service that Loom is embedded in; the bearer tokens here are an example.

## How to write a migrator
1. At every start, \`POST /registry/announce\` the migration: its steps, and \`migratorUrl\`, where Loom reaches you.
2. Then, and whenever the fleet changes, \`POST /migrations/{id}/candidates\` with all candidates. It merges; repeating it is
   harmless. More than 10,000 come in chunks that share a \`discovery.id\`, the last one with \`complete: true\`.
3. Serve \`POST {migratorUrl}/dispatch-step\`. Any 2xx means *accepted*: the work is yours, and its outcome comes by reports, now
   or in weeks. Accept first, then work; answering late is allowed, up to 30 seconds.
4. Report with \`POST /event/{callbackId}\` (or POST to \`callbackUrl\` as it is): \`{stepName, candidateId, success, phase?,
   metadata?, error?}\`. As many reports as you like while the step goes on, such as \`phase: open\` with the URL of a pull
   request; then one that ends it: \`completed\`, \`merged\`, or \`success: false\` with an \`error\`.
5. Optionally serve \`POST {migratorUrl}/dry-run\` for previews and \`POST {migratorUrl}/compensate-step\` for steps marked
   \`compensable\`.

## Rules of a dispatch
- **Acceptance.** 2xx: accepted. 4xx (but 429): refused, the step fails with the message of your body (\`detail\`, \`error\`,
  \`message\` or \`title\` of a JSON object, else its text). 5xx, 429, a network error or no answer in 30 seconds: repeated, with
  doubling pauses (at least \`Retry-After\`), until the step's \`dispatchRetry\` is used up; then the step fails. Redirects are
  not followed.
- **Idempotency.** A dispatch is delivered at least once. \`dispatchId\` is the same in every repetition and in no other call:
  answer a known one with 2xx and do not work twice. A retry by an operator is a new call, with the next \`stepAttempt\`, a new
  \`dispatchId\` and a new \`callbackId\`.
- **Callback.** A \`callbackId\` is opaque, bound to one call, and needs no other authorisation: guard it like a password. A report
  may come before the dispatch has been answered. Repeat a report until the answer is below 500. \`ignored\` with \`stale\` (the step
  was retried or the run cancelled) or \`not_running\` means: stop working on it. Give an \`eventId\`, and a repetition is
  recognised as \`duplicate\`.
- **Inputs.** \`candidate.metadata\` has the operator's inputs laid over it; \`inputs\` has them alone.
- **Which step.** Choose the handler by \`type\`, else by \`stepName\`; \`config\` is what the plan says for this step.
- **Undoing** (\`/compensate-step\`) has the same rules, and the last \`stepStatus\` and \`stepMetadata\` of the step to undo. Undoing
  work that was never done succeeds.
- **Signatures.** When Loom is set up with a signing secret, every call carries Standard Webhooks headers (\`webhook-id\`,
  \`webhook-timestamp\`, \`webhook-signature\`); refuse a call whose signature does not verify.`;

/** What each group of operations is about. */
export const TAGS = [
  { name: "migrator", description: "What migrators call: announce, submit candidates, report." },
  {
    name: "operator",
    description: "What people and consoles call: read, start, cancel, retry, preview.",
  },
  { name: "public", description: "What anybody may ask." },
  { name: "dispatch", description: "What Loom calls at a migrator, below its `migratorUrl`." },
];

/** What the ids in a path mean. */
export const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  id: "The id of the migration, percent-encoded.",
  candidateId: "The id of the candidate, percent-encoded.",
  callbackId:
    "A `callbackId` as a dispatch carried it, or, for an authorised operator, a run id, percent-encoded.",
};
