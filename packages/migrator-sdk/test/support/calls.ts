import type { CompensateStepRequest, DispatchStepRequest } from "@loom/core/wire";
import type { Migrator } from "../../src/index.ts";

/** A dispatch as Loom sends it. */
export function dispatchOf(
  stepName: string,
  overrides: Partial<DispatchStepRequest> = {},
): DispatchStepRequest {
  const { attempt = 1, stepAttempt = 1, migrationId = "m" } = overrides;
  const candidateId = overrides.candidate?.id ?? "billing";
  const call = `${migrationId}__${candidateId}:${attempt}:do:${stepName}:${stepAttempt}`;
  return {
    migrationId,
    runId: `${migrationId}__${candidateId}`,
    stepName,
    candidate: { id: candidateId },
    callbackId: `L1.${Buffer.from(call).toString("base64url")}`,
    eventName: `step-completed:${stepName}`,
    migratorApp: "app",
    migratorUrl: "http://migrator.example",
    dispatchId: call,
    attempt,
    stepAttempt,
    ...overrides,
  };
}

/** The compensation of that step, as Loom sends it. */
export function compensationOf(
  stepName: string,
  overrides: Partial<CompensateStepRequest> = {},
): CompensateStepRequest {
  const { dispatchId, ...dispatch } = dispatchOf(stepName, overrides);
  return {
    ...dispatch,
    dispatchId: dispatchId.replace(":do:", ":undo:"),
    callbackId: `${dispatch.callbackId}undo`,
    stepStatus: "open",
    stepMetadata: {},
    ...overrides,
  };
}

/** Posts to a migrator's handler. */
export async function post(
  { handler }: Pick<Migrator, "handler">,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const request = new Request(`http://migrator.example/base/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: text,
  });
  const response = await handler(request);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export const dispatch = (migrator: Pick<Migrator, "handler">, request: DispatchStepRequest) =>
  post(migrator, "dispatch-step", request);

export const compensate = (migrator: Pick<Migrator, "handler">, request: CompensateStepRequest) =>
  post(migrator, "compensate-step", request);
