import type { Flags } from "../flags.ts";
import type { Stage } from "../stage/stage.ts";
import { fleetOf } from "./fleet.ts";
import { createOperator, type Operator } from "./operator.ts";

/** What the story is played with. */
export interface Scene {
  readonly stage: Stage;
  readonly flags: Flags;
  /** Prints a line. */
  readonly say: (line: string) => void;
  /** The platform's operator, and others who come. */
  readonly operator: Operator;
  readonly viewer: Operator;
  readonly stranger: Operator;
  /** The services that are migrated. */
  readonly services: readonly string[];
}

export function createScene(stage: Stage, flags: Flags, say: Scene["say"]): Scene {
  const { url } = stage.service;
  return {
    stage,
    flags,
    say,
    operator: createOperator(url, stage.tokens.operator),
    viewer: createOperator(url, stage.tokens.viewer),
    stranger: createOperator(url, undefined),
    services: fleetOf(flags.candidates),
  };
}
