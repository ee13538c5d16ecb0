import { endsWithin } from "../clock.ts";
import type { Settlement } from "../define/context.ts";
import type { Host } from "../host.ts";
import type { Wait } from "../store/port.ts";
import { settle } from "./settle.ts";

const AT_ONCE = 4;
const AGE_PER_CHECK = 20;
const LONGEST_MS = 3_600_000;
/** One that hangs must not take the place of others for ever. */
const ANSWER_MS = 60_000;

/** Asks how things stand that are open: webhooks get lost. */
export interface Checker {
  /** Begins checks that are due. */
  takeUp(): Promise<void>;
  readonly busy: boolean;
  close(): Promise<void>;
}

/** Asks by each handler's `check`, a few at a time. */
export function createChecker(host: Host): Checker {
  const controller = new AbortController();
  const asking = new Set<Promise<void>>();
  const begin = (wait: Wait) => {
    const asked = check(host, wait, controller.signal)
      .catch((error: unknown) => logFailure(host, wait, error))
      .finally(() => {
        asking.delete(asked);
        host.wake();
      });
    asking.add(asked);
  };
  return {
    async takeUp() {
      const limit = AT_ONCE - asking.size;
      if (limit <= 0) return;
      const now = host.clock.now();
      const request = { now, nextCheckAt: now + host.checkMs, limit };
      for (const wait of await host.store.waits.takeDueChecks(request)) begin(wait);
    },
    get busy() {
      return asking.size > 0;
    },
    async close() {
      controller.abort("closing");
      await Promise.all(asking);
    },
  };
}

async function check(host: Host, wait: Wait, signal: AbortSignal): Promise<void> {
  const settlement = await answerTo(host, wait, signal);
  if (settlement) await settle(host, wait.key, settlement);
  else await host.store.waits.checkAgain(wait.id, host.clock.now() + pauseMs(host, wait));
}

async function answerTo(
  { clock, migrations }: Host,
  { migrationId, handler, key }: Wait,
  closing: AbortSignal,
): Promise<Settlement | null | undefined> {
  const given = migrations.get(migrationId)?.handlers.get(handler);
  const controller = new AbortController();
  const abort = () => controller.abort(closing.reason);
  closing.addEventListener("abort", abort);
  const answer = (async () => given?.check?.(key, controller.signal))();
  const isInTime = await endsWithin(clock, ANSWER_MS, answer).finally(() =>
    closing.removeEventListener("abort", abort),
  );
  if (isInTime) return answer;
  controller.abort("late");
  throw new Error(`The check gave no answer within ${ANSWER_MS / 1000} s.`);
}

/** What has stood open for long is asked about less often: forges limit how often one may ask. */
function pauseMs({ clock, checkMs }: Host, { calledAt }: Wait): number {
  const age = clock.now() - calledAt;
  return Math.min(Math.max(checkMs, age / AGE_PER_CHECK), Math.max(checkMs, LONGEST_MS));
}

function logFailure({ logger }: Host, wait: Wait, error: unknown): void {
  const { runId, key, report } = wait;
  logger.warn(
    { err: error, runId, key, step: report.stepName },
    "a check failed; it is asked again later",
  );
}
