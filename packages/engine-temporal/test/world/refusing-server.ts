import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";

/** A server that speaks gRPC and refuses every request with that code, as one does that knows no such key. */
export interface RefusingServer {
  readonly address: string;
  close(): Promise<void>;
}

export async function startRefusingServer(code: number): Promise<RefusingServer> {
  const server = createServer();
  server.on("stream", (stream) =>
    stream.respond(
      {
        ":status": 200,
        "content-type": "application/grpc",
        "grpc-status": String(code),
        "grpc-message": "Request unauthorized.",
      },
      { endStream: true },
    ),
  );
  await new Promise<void>((resume) => server.listen(0, "127.0.0.1", resume));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    close: () => new Promise((resume) => server.close(() => resume())),
  };
}
