import { LoomError } from "../errors.ts";
import type { UseCaseContext } from "./context.ts";

const TRIES = 3;
const PAUSE_MS = 50;

/** Repeats what the store may have done though its reply was lost; only for what a repetition does not do twice, or harmlessly. */
export async function retried<T>(
  { clock }: Pick<UseCaseContext, "clock">,
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!LoomError.is(error, "store_unavailable") || tries === TRIES) throw error;
      await new Promise<void>((resume) => clock.after(PAUSE_MS * tries, resume));
    }
  }
}
