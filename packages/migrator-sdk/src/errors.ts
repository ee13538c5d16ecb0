const BRAND = Symbol.for("@loom/migrator-sdk/TerminalError");

/** Thrown by a handler: the step fails at once, without another try. The message is shown to operators. */
export class TerminalError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "TerminalError";
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Tells a TerminalError, of this or another copy of the package. */
  static is(error: unknown): error is TerminalError {
    return error instanceof Error && BRAND in error;
  }
}

/** What an error says, for operators; never empty. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message || "unknown error";
}
