/**
 * The web-standard globals that core uses (WinterTC minimum common API), typed here because core is compiled without the
 * types of Node and of the DOM. Everything else is plain ECMAScript.
 */
interface Platform {
  readonly crypto: {
    randomUUID(): string;
    getRandomValues<T extends Uint8Array>(bytes: T): T;
    readonly subtle: {
      importKey(
        format: "raw",
        key: Uint8Array,
        algorithm: { name: "HMAC"; hash: "SHA-256" },
        extractable: false,
        usages: readonly ("sign" | "verify")[],
      ): Promise<HmacKey>;
      sign(algorithm: "HMAC", key: HmacKey, data: Uint8Array): Promise<ArrayBuffer>;
      verify(
        algorithm: "HMAC",
        key: HmacKey,
        signature: Uint8Array,
        data: Uint8Array,
      ): Promise<boolean>;
    };
  };
  readonly TextEncoder: new () => { encode(text: string): Uint8Array };
  readonly TextDecoder: new (
    label: "utf-8",
    options: { fatal: true },
  ) => { decode(bytes: Uint8Array): string };
  btoa(binary: string): string;
  atob(text: string): string;
  setTimeout(task: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  readonly console: Record<"warn" | "error", (...values: unknown[]) => void>;
}

/** A key of the runtime's crypto. */
export interface HmacKey {
  readonly type: string;
}

/** The runtime's globals. */
export const platform = globalThis as unknown as Platform;

/** Runtimes fire a longer timeout at once. */
export const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
