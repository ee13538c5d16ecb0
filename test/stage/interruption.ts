/** What ends a demo before it is over: Ctrl-C, a signal, a terminal that is closed, a reader of its output who goes away. */
export interface Interruption {
  /** Whether it has come. */
  readonly hasCome: boolean;
  /** Resolves when it comes. */
  readonly came: Promise<void>;
  /** Waits for some work, but no longer than until it comes. @throws Error `Interrupted` when it comes first */
  orAfter<Result>(work: Promise<Result>): Promise<Result>;
}

const INTERRUPTED = new Error("Interrupted");

/** Looks out for it from now on. Once it has come, another Ctrl-C ends the process at once. */
export function watchForInterruption(): Interruption {
  let hasCome = false;
  const came = new Promise<void>((resolve) => {
    const onCome = () => {
      hasCome = true;
      resolve();
    };
    process.once("SIGINT", onCome);
    // these may come more than once: from the terminal, and from whoever passes them on
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, onCome);
    // each line that nobody reads is an error, the last words too
    for (const stream of [process.stdout, process.stderr]) stream.on("error", onCome);
  });
  const interrupted = came.then(() => Promise.reject(INTERRUPTED));
  interrupted.catch(() => undefined);
  return {
    get hasCome() {
      return hasCome;
    },
    came,
    orAfter: (work) => Promise.race([work, interrupted]),
  };
}
