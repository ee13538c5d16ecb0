import type { Forge } from "./forge.ts";
import { sendWebhooks, type Webhook } from "./webhooks.ts";

const ONE_REPOSITORY = /^\/repos\/([^/]+\/[^/]+)\/pulls(?:\/(\d+))?$/;

/**
 * The forge over HTTP, in the shape that forges have: `GET /pulls?branch=…` searches, `POST /repos/…/pulls` opens a pull
 * request, `GET /repos/…/pulls/1` reads it, `PATCH /repos/…/pulls/1` with `{"state":"closed"}` closes it, and `POST /hooks` asks
 * for webhooks.
 * @param token what callers have to send as a bearer token
 */
export function createForgeApi(
  forge: Forge,
  token: string,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.headers.get("authorization") !== `Bearer ${token}`) return problem(401);
    try {
      return (await perform(forge, request)) ?? problem(404);
    } catch (error) {
      return problem(422, error instanceof Error ? error.message : String(error));
    }
  };
}

async function perform(forge: Forge, request: Request): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/hooks") return await subscribe(forge, request);
  if (pathname === "/pulls")
    return Response.json(forge.list().filter((it) => it.branch === searchParams.get("branch")));
  const [, repo, number] = ONE_REPOSITORY.exec(pathname) ?? [];
  if (repo === undefined) return undefined;
  if (number === undefined) return await open(forge, repo, request);
  const ref = { repo, number: Number(number) };
  if (request.method === "PATCH") return Response.json(await forge.close(ref));
  const found = forge.find(ref);
  return found && Response.json(found);
}

async function subscribe(forge: Forge, request: Request): Promise<Response> {
  if (request.method !== "POST") return problem(405);
  sendWebhooks(forge, (await request.json()) as Webhook);
  return new Response(null, { status: 204 });
}

async function open(forge: Forge, repo: string, request: Request): Promise<Response> {
  if (request.method !== "POST") return problem(405);
  const body = (await request.json()) as { branch: string; title: string };
  return Response.json(await forge.open(repo, body), { status: 201 });
}

function problem(status: number, detail?: string): Response {
  return Response.json({ status, ...(detail === undefined ? {} : { detail }) }, { status });
}
