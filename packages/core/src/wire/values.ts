import * as z from "zod";
import { LIMITS } from "./limits.ts";

/** A moment that people read. */
export const TimestampSchema: z.ZodType<string> = z.string().meta({
  format: "date-time",
  description: "RFC 3339 in UTC with milliseconds.",
  example: "2026-03-01T12:00:00.000Z",
});

/** The number of an attempt or step-attempt, from 1. */
export const OrdinalSchema: z.ZodType<number> = z
  .int()
  .min(1)
  .max(LIMITS.counter)
  .describe("Counts from 1.");

/** How many there are. */
export const CountSchema: z.ZodType<number> = z.int().min(0);
