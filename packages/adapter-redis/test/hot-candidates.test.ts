import { describe, expect, test } from "vitest";
import { HOT_TIMEOUT, hotLoad, moveHotCandidates } from "../../../test/stores/hot-candidates.ts";
import { connect, hasRedis, newPrefix, storeOn } from "./support/stores.ts";

describe.runIf(hasRedis)("many clients on a few hot candidates", () => {
  test("lose and double no change, also while scripts are forgotten", {
    timeout: HOT_TIMEOUT,
  }, async () => {
    const prefix = newPrefix();
    const clients = Array.from({ length: 8 }, () => connect());
    const other = connect();
    const forgetting = setInterval(() => void other.script("FLUSH"), 20);
    const stores = clients.map((redis) => storeOn(redis, prefix));
    const load = hotLoad(500);
    const report = await moveHotCandidates(stores, "hot", load);
    clearInterval(forgetting);
    for (const redis of [...clients, other]) redis.disconnect();
    expect(report).toEqual({ won: report.won, moves: report.won, lines: report.won, doubled: 0 });
    expect(report.won).toBeGreaterThan(load.candidates);
  });
});
