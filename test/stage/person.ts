/** Somebody who speaks HTTP with the service, as a browser, curl or a script would. */
export interface Person {
  /** @throws Error when the answer is no success */
  get<T>(path: string): Promise<T>;
  /** @throws Error when the answer is no success */
  send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<T>;
  /** What an answer's status is, whichever it is. */
  status(method: Method, path: string, body?: object): Promise<number>;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** @param token of their session; without one they are a stranger */
export function createPerson(url: string, token?: string): Person {
  const ask = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(url + path, {
      method,
      headers: {
        connection: "close", // the gateway chooses anew for each request
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  const expectSuccess = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await ask(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  };
  return {
    get: (path) => expectSuccess("GET", path),
    send: expectSuccess,
    async status(method, path, body) {
      const response = await ask(method, path, body);
      await response.arrayBuffer();
      return response.status;
    },
  };
}
