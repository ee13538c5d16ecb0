// In a Next app: app/loom/[...path]/route.ts
import { createLoomHandler } from "@loom/http";
import { authorize } from "../platform/authorize.ts";
import { logger } from "../platform/logger.ts";
import { userOf } from "../platform/users.ts";
import { loom } from "./loom.ts";

const handler = createLoomHandler(loom, { authorize, logger, basePath: "/loom" });

const answer = (request: Request): Promise<Response> =>
  handler(request, userOf(request.headers.get("cookie")));

export const GET = answer;
export const HEAD = answer;
export const POST = answer;
export const PATCH = answer;
export const DELETE = answer;
