import { type CandidateWithStatus, type Loom, LoomError } from "@loom/core";

/** Where the renaming of a topic stands, for the topic's own page. */
export type Rename = Pick<CandidateWithStatus, "status" | "currentStep">;

/** Finds it; nothing while the migration, or the topic in it, is not known. */
export type Renames = (topic: string) => Promise<Rename | undefined>;

/** Asks Loom in process, as any code of the service can: with the same checks as over HTTP, and typed. */
export const createRenames =
  (loom: Loom): Renames =>
  async (topic) => {
    try {
      const ref = { migrationId: "topic-rename", candidateId: topic };
      const { status, currentStep } = await loom.getCandidate(ref);
      return { status, ...(currentStep && { currentStep }) };
    } catch (error) {
      if (LoomError.is(error, "migration_not_found", "candidate_not_found")) return undefined;
      throw error;
    }
  };
