/** An answer to one of the lines that the example prints. */
export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

/** Does what a printed `curl` line says; with changes, what it would say then. */
export async function curl(line: string, changes: RequestInit = {}): Promise<Answer> {
  const [, authorization = ""] = /'authorization: ([^']+)'/.exec(line) ?? [];
  const [url = ""] = /http:\S+/.exec(line) ?? [];
  const response = await fetch(url, {
    method: line.includes("-X POST") ? "POST" : "GET",
    headers: { authorization, "content-type": "application/json" },
    ...changes,
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
}

/** The lines that the example prints to be tried. */
export function curlLines(stdout: string): string[] {
  return stdout.match(/^ {2}curl .*$/gm) ?? [];
}
