import { LATECOMER } from "../story/fleet.ts";
import { lostCalls } from "../story/outage.ts";
import { type Evidence, gatherEvidence, type Outcome } from "./evidence.ts";
import { compare, type Fact } from "./fact.ts";

const STEPS = ["issue-key", "roll-out", "revoke-old-key"];

/** Proves that nothing was lost with the worker, and nothing done twice. */
export async function check(outcome: Outcome): Promise<Fact[]> {
  const evidence = await gatherEvidence(outcome);
  return [
    checkCandidates(evidence),
    checkDeeds(evidence),
    checkExecutions(evidence),
    checkInterrupted(evidence),
    checkPlatform(evidence),
    checkRefusals(evidence),
  ];
}

/** By Loom. */
function checkCandidates({ candidates, services }: Evidence): Fact {
  const statusOf = new Map(candidates.map(({ id, status }) => [id, status]));
  return {
    claim: `${services.length} candidates are completed, and there is no other`,
    findings: [
      ...compare("candidates", services.toSorted(), [...statusOf.keys()].toSorted()),
      ...services.flatMap((service) => compare(service, "completed", statusOf.get(service))),
    ],
  };
}

/** By the migrator's own record. */
function checkDeeds({ deeds, services }: Evidence): Fact {
  const strangers = deeds.filter(({ service }) => !services.includes(service));
  return {
    claim: `${services.length * STEPS.length} steps were done, each once and in order, by the migrator's own record`,
    findings: [
      ...compare("others", [], strangers),
      ...services.flatMap((service) => {
        const done = deeds.filter((deed) => deed.service === service);
        return compare(service, STEPS, done.map(stepOf));
      }),
    ],
  };
}

function stepOf({ step }: Evidence["deeds"][number]): string {
  return step;
}

/** By Temporal. */
function checkExecutions({ executions, killed }: Evidence): Fact {
  return {
    claim: `${executions.length} executions in Temporal began on the killed worker, and were completed by the other`,
    findings: executions.flatMap(({ service, status, workers }) => [
      ...compare(service, "COMPLETED", status),
      ...compare(`${service}'s first worker`, killed, workers[0]),
      ...compare(`${service}'s workers`, 2, workers.length),
    ]),
  };
}

/** By what passed over the network. */
function checkInterrupted(evidence: Evidence): Fact {
  const { interrupted } = evidence.outage;
  return {
    claim: `${interrupted.length} calls that died with the worker were made again, each under its own id`,
    findings: compare("not made again", [], lostCalls(evidence, evidence.outage)),
  };
}

function checkPlatform({ catalogue, services }: Evidence): Fact {
  return {
    claim: `the platform's own workflow went on as well: ${LATECOMER} is in its catalogue`,
    findings: compare("catalogue", [...services, LATECOMER].toSorted(), catalogue),
  };
}

function checkRefusals({ refusals }: Evidence): Fact {
  return {
    claim: "nobody started a run who may not",
    findings: compare("answers", [401, 403], refusals),
  };
}
