import * as z from "zod";
import { isWellFormed, textProblem } from "../domain/ids.ts";

/** Says what is wrong with a value, as the end of a sentence about it, or nothing. */
export type Problem<T> = (value: T) => string | undefined;

/** Text under a rule; `shown` is what the OpenAPI document says of the rule. */
export function ruledText(problem: Problem<string>, shown: z.core.GlobalMeta): z.ZodType<string> {
  return z
    .string()
    .check((context) => {
      const message = problem(context.value);
      if (message) context.issues.push({ code: "custom", message, input: context.value });
    })
    .meta(shown);
}

/** One line of text: not empty, without control characters. */
export function line(max: number): z.ZodType<string> {
  const problem: Problem<string> = (value) => tooLong(value, max) ?? textProblem(value);
  return ruledText(problem, { minLength: 1, maxLength: max });
}

/** Text of any number of lines; it may be empty. */
export function text(max?: number): z.ZodType<string> {
  const problem: Problem<string> = (value) => tooLong(value, max) ?? contentProblem(value);
  return ruledText(problem, max === undefined ? {} : { maxLength: max });
}

/** Says why text cannot be stored, or nothing: databases refuse NUL, and UTF-8 lone surrogates. */
export function contentProblem(value: string): string | undefined {
  if (value.includes("\0")) return "must not contain the character NUL; take it out";
  if (!isWellFormed(value)) return "must not contain lone surrogates; send well-formed Unicode";
  return undefined;
}

function tooLong(value: string, max: number | undefined): string | undefined {
  if (max === undefined || value.length <= max) return undefined;
  return `is longer than ${max} characters; shorten it`;
}
