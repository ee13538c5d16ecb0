import type { LookupAddress } from "node:dns";
import { lookup as systemLookup } from "node:dns";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { isForbiddenAddress } from "./addresses.ts";
import type { Lookup, TlsOptions } from "./options.ts";

/** Connects to the addresses that were checked, and to no other: they are not resolved a second time. */
export function guardedConnector(options: {
  lookup?: Lookup;
  tls?: TlsOptions;
  timeoutMs: number;
}): buildConnector.connector {
  const { lookup = systemLookup, tls, timeoutMs } = options;
  const connect = buildConnector({
    ...tls,
    allowH2: false,
    timeout: timeoutMs,
    lookup: guardedLookup(lookup),
  });
  // A literal address is never looked up, so it is checked here.
  return (target, callback) =>
    isIP(target.hostname) > 0 && isForbiddenAddress(target.hostname)
      ? callback(forbiddenAddressError(), null)
      : connect(target, callback);
}

/** The code of the error of a refused address. */
export const FORBIDDEN_ADDRESS = "LOOM_FORBIDDEN_ADDRESS";

/** One forbidden address among several refuses the name: a mixture is an attack or a mistake, never a plan. */
function guardedLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      const addresses: readonly Pick<LookupAddress, "address">[] =
        typeof found === "string" ? [{ address: found }] : (found ?? []);
      if (!error && addresses.some(({ address }) => isForbiddenAddress(address)))
        callback(forbiddenAddressError(), []);
      else callback(error, found, family);
    });
}

function forbiddenAddressError(): NodeJS.ErrnoException {
  return Object.assign(new Error("A link-local or metadata address"), { code: FORBIDDEN_ADDRESS });
}
