import type { Agent } from "undici";
import { request } from "undici";

/** Posts JSON and expects that it is accepted. */
export async function post(dispatcher: Agent, url: string, value: unknown): Promise<void> {
  const { statusCode, body } = await request(url, {
    dispatcher,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  });
  await body.dump();
  if (statusCode !== 202) throw new Error(`${url} answered ${statusCode}`);
}
