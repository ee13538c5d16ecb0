import type { Commands } from "./client.ts";

/**
 * Commands of which none is sent before one look at what Redis holds has found it fit; a process need not open anything to be
 * refused. What was found stands until `look` is called again.
 */
export function checkedFirst(
  commands: Commands,
  check: () => Promise<void>,
): { readonly commands: Commands; readonly look: () => Promise<void> } {
  let isFit = false;
  let looking: Promise<void> | undefined;
  const lookNow = async () => {
    isFit = false;
    await check();
    isFit = true;
  };
  const look = () => {
    looking ??= lookNow().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const checked = <T>(work: () => Promise<T>) => (isFit ? work() : look().then(work));
  return {
    look,
    commands: {
      run: (...asked) => checked(() => commands.run(...asked)),
      readHashes: (keys) => checked(() => commands.readHashes(keys)),
    },
  };
}
