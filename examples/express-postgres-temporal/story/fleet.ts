const NAMES = [
  "billing",
  "checkout",
  "catalog",
  "search",
  "mailer",
  "invoices",
  "payments",
  "ledger",
  "accounts",
  "sessions",
  "reports",
  "webhooks",
];

/** The names of so many services. */
export function fleetOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const round = Math.floor(n / NAMES.length);
    return `${NAMES[n % NAMES.length]}${round === 0 ? "" : `-${round + 1}`}`;
  });
}

/** A service that is registered while no worker lives. */
export const LATECOMER = "latecomer";
