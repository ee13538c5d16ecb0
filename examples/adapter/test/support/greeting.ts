/** What both processes sign callbacks with. */
export const SECRETS = ["a secret that survives"];

/** A migration of one step for one candidate. */
export const GREETING = {
  id: "greetings",
  name: "Greet",
  steps: [{ name: "greet" }],
  migratorApp: "greetings",
  migratorUrl: "http://127.0.0.1:1",
  candidates: [{ id: "billing" }],
};
