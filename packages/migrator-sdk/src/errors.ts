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

const SHOWN_MAX = 4_000;

/** What an error says; never empty. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message || "unknown error";
}

/** A text as Loom takes it for an error: output of programs holds anything, and is long. */
export function shownError(text: string): string {
  const cut = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text;
  return Buffer.from(cut.replaceAll("\0", "\uFFFD")).toString();
}
