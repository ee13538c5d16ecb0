import { DefaultLogger, makeTelemetryFilterString, Runtime } from "@temporalio/worker";

let isQuiet = false;

/** The part of the SDK that is native says no more than what went wrong. */
export function quietRuntime(): void {
  if (isQuiet) return;
  isQuiet = true;
  const filter = makeTelemetryFilterString({ core: "ERROR", other: "ERROR" });
  Runtime.install({
    logger: new DefaultLogger("ERROR"),
    telemetryOptions: { logging: { filter } },
    shutdownSignals: [],
  });
}
