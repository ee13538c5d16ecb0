import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { onTestFinished } from "vitest";

/** A server on a free port of this machine, gone when the test is. */
export async function httpServer(listener: Listener): Promise<string> {
  const server = createServer({ maxHeaderSize: 256 * 1024 }, (request, response) => {
    Promise.resolve(listener(request, response)).catch(() => response.destroy());
  });
  return `http://${await listen(server)}`;
}

/** What answers requests. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** The same for whoever speaks no proper HTTP. */
export async function tcpServer(onSocket: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  return `http://${await listen(server)}`;
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
