import * as z from "zod";
import { textProblem } from "../domain/ids.ts";
import { LIMITS } from "./limits.ts";
import { ruledText } from "./text.ts";

const PARSABLE = z.url({ protocol: /^https?$/ });
const SCHEME = /^\s*([a-z][a-z0-9+.-]*):/i;

/** Where a migrator listens. Its path is kept; credentials would end in logs, and a query would be lost. */
export const MigratorUrlSchema: z.ZodType<string> = ruledText(migratorUrlProblem, {
  description:
    "The migrator's base URL, http or https. Its path is kept: `/dispatch-step` is appended.",
  format: "uri",
  maxLength: LIMITS.url,
  example: "https://charts.platform.example/migrator",
});

/** A place to look at, for people. Pages make a link of it, so nothing that a browser would run. */
export const LinkSchema: z.ZodType<string> = ruledText(linkProblem, {
  description: "A URL to look at, or a path.",
  maxLength: LIMITS.url,
});

function migratorUrlProblem(url: string): string | undefined {
  const problem = lineProblem(url);
  if (problem) return problem;
  if (!/^https?:\/\/[^/\\?#]/i.test(url)) return "must begin with http:// or https:// and a host";
  if (/^https?:\/\/[^/\\?#]*@/i.test(url)) return "must not carry credentials; take them out";
  if (/[\\?#\s]/.test(url)) return "must not contain a query, a fragment, a backslash or a space";
  return PARSABLE.safeParse(url).success ? undefined : "is not a URL; check its host and port";
}

function linkProblem(url: string): string | undefined {
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  if (scheme && scheme !== "http" && scheme !== "https") return "must be an http or https URL";
  return lineProblem(url);
}

function lineProblem(url: string): string | undefined {
  return url.length > LIMITS.url
    ? `is longer than ${LIMITS.url} characters; shorten it`
    : textProblem(url);
}
