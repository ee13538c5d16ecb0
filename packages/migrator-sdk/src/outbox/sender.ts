import { backoffMs } from "../backoff.ts";
import type { Host } from "../host.ts";
import { leaseOf } from "../host.ts";
import type { ReportAnswer } from "../loom/client.ts";
import type { LeasedEvent } from "../store/port.ts";

const AT_ONCE = 16;
const BACKOFF = { initialSeconds: 1, maxSeconds: 60 };

/** Sends events until Loom answers, in order within a call. */
export interface Sender {
  /** Begins to send what is due. */
  takeUp(): Promise<void>;
  readonly busy: boolean;
  /** Waits for what is being sent. */
  close(): Promise<void>;
}

/** @param stop called with the id of a call that Loom no longer wants */
export function createSender(host: Host, stop: (id: string) => Promise<void>): Sender {
  const sending = new Set<Promise<void>>();
  const begin = (event: LeasedEvent) => {
    const sent = send(host, stop, event)
      .catch((error: unknown) =>
        host.logger.error({ err: error, runId: event.runId }, "an event could not be settled"),
      )
      .finally(() => {
        sending.delete(sent);
        host.wake();
      });
    sending.add(sent);
  };
  return {
    async takeUp() {
      const limit = AT_ONCE - sending.size;
      if (limit <= 0) return;
      for (const event of await host.store.outbox.lease({ ...leaseOf(host), limit })) begin(event);
    },
    get busy() {
      return sending.size > 0;
    },
    async close() {
      await Promise.all(sending);
    },
  };
}

async function send(
  host: Host,
  stop: (id: string) => Promise<void>,
  event: LeasedEvent,
): Promise<void> {
  const answer = await host.loom.report(event.callbackId, event.body);
  if (answer.type === "unavailable") return putOff(host, event, answer);
  if (answer.type === "refused")
    host.logger.error(
      { ...about(event), status: answer.status, error: answer.error },
      "Loom refused an event; it is dropped",
    );
  if (answer.isOver) await stop(event.stream);
  await host.store.outbox.remove(event.id);
}

async function putOff(
  { store, owner, clock, logger }: Host,
  event: LeasedEvent,
  { error, retryAfterMs = 0 }: Extract<ReportAnswer, { type: "unavailable" }>,
): Promise<void> {
  const tries = event.tries + 1;
  const pauseMs = Math.max(backoffMs(BACKOFF, tries), retryAfterMs);
  logger.warn(
    { ...about(event), error, tries, pauseMs },
    "Loom did not answer an event; it is sent again",
  );
  await store.outbox.postpone({ id: event.id, owner, dueAt: clock.now() + pauseMs, tries });
}

function about({ runId, body }: LeasedEvent) {
  return { runId, step: body.stepName, phase: body.success ? body.phase : "failed" };
}
