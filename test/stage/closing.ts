/** What is to be ended, in the reverse of the order in which it was begun. */
export interface Closing {
  /** Remembers how to end something. */
  add(close: () => Promise<unknown>): void;
  /** Ends all of it, once. @throws the first error, after the rest has been ended all the same */
  readonly closeAll: () => Promise<void>;
}

/** Makes an empty one. */
export function createClosing(): Closing {
  const closers: (() => Promise<unknown>)[] = [];
  return {
    add: (close) => void closers.push(close),
    closeAll: async () => {
      const errors: unknown[] = [];
      for (let close = closers.pop(); close; close = closers.pop())
        await close().catch((error: unknown) => errors.push(error));
      if (errors.length > 0) throw errors[0];
    },
  };
}
