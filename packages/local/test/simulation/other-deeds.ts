import type { Actor, Loom } from "@loom/core";
import type { RouteId } from "@loom/core/wire";
import { announcementOf } from "./plans.ts";
import { type DeedParts, refOf } from "./run-deeds.ts";
import { MIGRATION } from "./world.ts";

const MIGRATOR: Actor = { id: "charts" };

/** What migrators do when they start, what comes late, and what people look at. */
export function createOtherDeeds(
  { world, send, migrators }: DeedParts,
  candidates: readonly string[],
) {
  const { random } = world;

  const submit = (ids: readonly string[], complete: boolean) => {
    const seen = random.chance(0.2) ? { metadata: { seen: String(random.between(1, 9)) } } : {};
    const discovery = { id: `d${random.between(1, 3)}`, complete };
    const submission = { candidates: ids.map((id) => ({ id, ...seen })), discovery };
    const about = `${ids.length} ${complete ? "complete" : "in part"}`;
    return send("submitCandidates", about, (loom) =>
      loom.submitCandidates(MIGRATION, submission, MIGRATOR),
    );
  };

  return {
    announce() {
      const announcement = announcementOf(random);
      const about = announcement.steps.map(({ name }) => name).join("");
      return send("announceMigration", about, (loom) => loom.announce(announcement, MIGRATOR));
    },
    discoverAll: () => submit(candidates, true),
    discover() {
      const listed = candidates.filter(() => random.chance(0.8));
      return submit(listed, random.chance(0.5));
    },
    /** An old report comes again, or a new one about an old call. */
    async replay() {
      const jobs = migrators.jobs();
      if (jobs.length === 0) return;
      const job = random.pick(jobs);
      const id = `${job.request.dispatchId}#late${random.between(1, 1_000_000)}`;
      const late = { id, status: random.pick(["completed", "failed", "open"] as const) };
      const isOld = job.reports.length > 0 && random.chance(0.5);
      await migrators.tell(job, isOld ? random.pick(job.reports) : late);
    },
    look(candidateId: string) {
      const looks: readonly [RouteId, (loom: Loom) => Promise<unknown>][] = [
        ["getMigration", (loom) => loom.getMigration(MIGRATION)],
        ["listCandidates", (loom) => loom.listCandidates(MIGRATION, { limit: 2 })],
        ["getSteps", (loom) => loom.getSteps(refOf(candidateId))],
        ["listHistory", (loom) => loom.listHistory(MIGRATION, { limit: 5 })],
        ["dryRunCandidate", (loom) => loom.dryRun(refOf(candidateId))],
        ["listMigrations", (loom) => loom.recover()],
      ];
      const [route, call] = random.pick(looks);
      return send(route, candidateId, call);
    },
  };
}
