import type * as z from "zod";
import type { StringMap } from "../contract.ts";

/** The property of a map of schemas, or nothing. */
export type At<T, P> = P extends keyof T ? T[P] : undefined;

/** What a handler gets: the schema's output, or the plain strings where there is no schema. */
export type Parsed<S> = [S] extends [z.ZodObject] ? z.output<S> : StringMap;

/** What goes over the wire to be read by the schema: text, whatever the schema makes of it. */
export type Written<S> = [S] extends [z.ZodObject]
  ? { readonly [P in keyof z.input<S>]: z.input<S>[P] & string }
  : StringMap;
