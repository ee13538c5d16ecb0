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

/** The fields that a type names: without those that it takes under any name. */
export type Named<T> = { [P in keyof T as string extends P ? never : P]: T[P] };

/** The fields that no text can meet, such as those of `z.number()`. */
type Unreadable<T> = keyof {
  [P in keyof T as [NonNullable<T[P]> & string] extends [never] ? P : never]: P;
};

/** Takes a schema that can be read from text, and has the compiler say what to do about another. */
export type AsText<S> = [S] extends [z.ZodObject]
  ? [Unreadable<Named<z.input<S>>>] extends [never]
    ? unknown
    : {
        readonly "values are text: use z.coerce or z.stringbool for": Unreadable<Named<z.input<S>>>;
      }
  : unknown;
