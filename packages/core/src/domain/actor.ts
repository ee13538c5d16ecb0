/** Who did something: the principal that `authorize` recognised, or Loom itself. */
export interface Actor {
  /** Stable and unique among principals: an e-mail address, a service account. */
  readonly id: string;
  /** What to show to people, when it differs from the id. */
  readonly name?: string;
}

/** The actor of what Loom does by itself, such as recovery and the end of a run. */
export const LOOM_ACTOR: Actor = { id: "loom", name: "Loom" };
