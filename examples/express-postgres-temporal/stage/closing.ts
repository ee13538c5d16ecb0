/** What is to be ended, in the reverse of the order in which it was begun. */
export interface Closing {
  /** Remembers how to end something. */
  add(close: () => Promise<void>): void;
  /** Ends all of it, once. */
  readonly closeAll: () => Promise<void>;
}

/** Makes an empty one. */
export function createClosing(): Closing {
  const closers: (() => Promise<void>)[] = [];
  return {
    add: (close) => void closers.push(close),
    closeAll: async () => {
      for (let close = closers.pop(); close; close = closers.pop()) await close();
    },
  };
}
