/** Every way in which Loom says no. The code is stable; `docs/errors.md` has a remedy for each. */
export type LoomErrorCode = keyof typeof LOOM_ERRORS;

/** What each code means over HTTP, and whether the same request may succeed later. The only such table. */
export const LOOM_ERRORS = {
  validation_failed: { status: 400, retryable: false, title: "The request is not valid" },
  unauthenticated: { status: 401, retryable: false, title: "Authentication is needed" },
  forbidden: { status: 403, retryable: false, title: "Not allowed" },
  not_found: { status: 404, retryable: false, title: "There is nothing at this address" },
  migration_not_found: { status: 404, retryable: false, title: "No such migration" },
  candidate_not_found: { status: 404, retryable: false, title: "No such candidate" },
  run_not_found: { status: 404, retryable: false, title: "No such run" },
  method_not_allowed: { status: 405, retryable: false, title: "Method not allowed" },
  invalid_transition: { status: 409, retryable: false, title: "Not possible in this status" },
  already_running: { status: 409, retryable: false, title: "The candidate is already running" },
  already_completed: { status: 409, retryable: false, title: "The candidate is completed" },
  run_closing: { status: 409, retryable: true, title: "A cancelled run is still closing" },
  step_not_failed: { status: 409, retryable: false, title: "The step has not failed" },
  stale_attempt: { status: 409, retryable: false, title: "Another attempt is current" },
  payload_too_large: { status: 413, retryable: false, title: "The body is too large" },
  unsupported_media_type: { status: 415, retryable: false, title: "Unsupported media type" },
  missing_inputs: { status: 422, retryable: false, title: "Required inputs are missing" },
  unknown_input: { status: 422, retryable: false, title: "Unknown input" },
  internal_error: { status: 500, retryable: false, title: "Something went wrong in Loom" },
  invalid_configuration: { status: 500, retryable: false, title: "Loom is set up wrongly" },
  migrator_unreachable: { status: 502, retryable: true, title: "The migrator cannot be reached" },
  migrator_bad_response: { status: 502, retryable: false, title: "The migrator answered badly" },
  engine_unavailable: { status: 503, retryable: true, title: "The engine is unavailable" },
  store_unavailable: { status: 503, retryable: true, title: "The store is unavailable" },
  migrator_timeout: { status: 504, retryable: true, title: "The migrator did not answer in time" },
} as const;

/** One thing wrong with a request, and where. */
export interface ValidationIssue {
  /** Where in the request: names and indexes joined by dots, such as `steps.0.name`. */
  readonly path: string;
  readonly message: string;
}

/** What a {@link LoomError} tells besides its message. All of it may be shown to the caller. */
export interface LoomErrorDetails {
  /** `validation_failed`: each problem. */
  readonly issues?: readonly ValidationIssue[];
  /** `missing_inputs`, `unknown_input`: their names. */
  readonly inputs?: readonly string[];
  /** `invalid_transition`: the status found. */
  readonly from?: string;
  /** `invalid_transition`: the action tried. */
  readonly action?: string;
  /** `stale_attempt`: the attempt that is current. */
  readonly attempt?: number;
  /** `stale_attempt`: the step-attempt that is current. */
  readonly stepAttempt?: number;
  /** 503: seconds after which to try again. */
  readonly retryAfterSeconds?: number;
}

const BRAND = Symbol.for("@loom/core/LoomError");

/** The one error class of Loom: told apart by `code`, never by message. */
export class LoomError extends Error {
  readonly code: LoomErrorCode;
  readonly details: LoomErrorDetails;

  /**
   * @param message what happened and what to do about it; shown to callers, so never a secret, an address or SQL
   * @param options `cause` is for logs only and never shown
   */
  constructor(
    code: LoomErrorCode,
    message: string,
    options: { details?: LoomErrorDetails; cause?: unknown } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "LoomError";
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether the same request may succeed later without a change. */
  get retryable(): boolean {
    return LOOM_ERRORS[this.code].retryable;
  }

  /** The HTTP status of the code (`contract.md`, Errors). */
  get status(): number {
    return LOOM_ERRORS[this.code].status;
  }

  /** Tells a LoomError, of this or another copy of the package, optionally with one of these codes. */
  static is(error: unknown, ...codes: LoomErrorCode[]): error is LoomError {
    if (!(error instanceof Error) || !(BRAND in error)) return false;
    return codes.length === 0 || codes.includes((error as unknown as LoomError).code);
  }
}
