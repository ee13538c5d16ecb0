import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands for the load balancer in front of a service: one address, whatever instances are behind it at the moment. */
export interface Gateway {
  readonly url: string;
  /** New connections go to this instance, too. */
  add(url: string): void;
  /** No new connection goes to it; those that it has go on. */
  remove(url: string): void;
  close(): Promise<void>;
}

/** Opens one on the loopback interface. Instances take turns; one that cannot be reached is passed over. */
export async function openGateway(): Promise<Gateway> {
  const instances: URL[] = [];
  const sockets = new Set<Socket>();
  const remember = (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer((socket) => {
    remember(socket);
    const first = instances.shift();
    if (first) instances.push(first);
    join(socket, instances, remember);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (url) => void instances.push(new URL(url)),
    remove: (url) => {
      const at = instances.findIndex(({ href }) => href === new URL(url).href);
      if (at >= 0) instances.splice(at, 1);
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** Joins a connection to the first of the instances that takes it. */
function join(
  from: Socket,
  [instance, ...others]: readonly URL[],
  remember: (socket: Socket) => void,
): void {
  if (!instance || from.destroyed) return void from.destroy();
  const to = connect(Number(instance.port), instance.hostname);
  remember(to);
  const tryOthers = () => join(from, others, remember);
  to.once("error", tryOthers).once("connect", () => {
    to.removeListener("error", tryOthers);
    from.pipe(to).pipe(from);
    from.once("close", () => to.destroy());
    to.once("close", () => from.destroy());
  });
}
