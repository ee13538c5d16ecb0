import { type Payload, type PayloadConverter, ValueError } from "@temporalio/common";

const ENCODING = "json/boxed";

/** Written straight from the interface, as a host may have it: it takes whatever comes, and reads only what it has written. */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => ({
    metadata: { encoding: new TextEncoder().encode(ENCODING) },
    data: new TextEncoder().encode(JSON.stringify({ boxed: value })),
  }),
  fromPayload({ metadata, data }: Payload) {
    if (new TextDecoder().decode(metadata?.["encoding"] ?? undefined) !== ENCODING)
      throw new ValueError("not one of mine");
    const { boxed } = JSON.parse(new TextDecoder().decode(data ?? undefined)) as { boxed: never };
    return boxed;
  },
};
