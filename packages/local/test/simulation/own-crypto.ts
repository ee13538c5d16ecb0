import { createHmac, timingSafeEqual } from "node:crypto";

type HmacKey = { readonly secret: Uint8Array };

/**
 * The parts of Web Crypto that Loom uses, computed on the spot: the platform's own are computed by other threads, whose order of
 * completion no seed decides. The codes are real; only names that must be unique are counted instead of drawn.
 */
export function createOwnCrypto(): object {
  let drawn = 0;
  const macOf = ({ secret }: HmacKey, data: Uint8Array) =>
    createHmac("sha256", secret).update(data).digest();
  return {
    randomUUID: () => `00000000-0000-4000-8000-${String(drawn++).padStart(12, "0")}`,
    getRandomValues: (bytes: Uint8Array) => bytes.fill(7),
    subtle: {
      importKey: async (_: "raw", secret: Uint8Array): Promise<HmacKey> => ({ secret }),
      sign: async (_: "HMAC", key: HmacKey, data: Uint8Array) => macOf(key, data),
      verify: async (_: "HMAC", key: HmacKey, mac: Uint8Array, data: Uint8Array) => {
        const own = macOf(key, data);
        return own.length === mac.length && timingSafeEqual(own, mac);
      },
    },
  };
}
