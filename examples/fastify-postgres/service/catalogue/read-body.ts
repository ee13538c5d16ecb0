import * as z from "zod";
import { httpError } from "../auth/log-in.ts";

/** Reads a body by its schema. @throws an error that is answered with 400 and says what is wrong */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const { data, error } = schema.safeParse(body);
  if (error) throw httpError(400, z.prettifyError(error));
  return data;
}
