import type { Service } from "./rotate-keys.ts";

/** The services of the platform, as it tells over HTTP. */
export function createCatalogue(
  platformUrl: string,
  token: string,
): () => Promise<readonly Service[]> {
  return async () => {
    const response = await fetch(`${platformUrl}/services`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`the platform answered ${response.status}`);
    const { services } = (await response.json()) as { readonly services: readonly Service[] };
    return services;
  };
}
