import { type Argument, type Commands, type Script, scriptOf } from "../client/client.ts";
import { newToken } from "../codec/token.ts";
import { ANSWER_SECONDS, ARGS } from "../lua/args.ts";
import { type MigratorKeys, MIGRATOR_KEYS } from "./keys.ts";
import { CALLS } from "./lua/calls.ts";
import { EVENTS } from "./lua/events.ts";
import { WAITS } from "./lua/waits.ts";

const FUNCTIONS = `${ARGS}${MIGRATOR_KEYS}${CALLS}${WAITS}${EVENTS}`;

/** How long what was leased is kept for a repetition, in seconds: lost, it can be leased again a little later. */
export const LEASED_SECONDS = 60;

/** A script that may be run twice with one effect and the same answer. */
export function migratorScript(name: string, lua: string): Script {
  return scriptOf(`migrator.${name}`, `${FUNCTIONS}${lua}`);
}

/**
 * A script whose effect makes it answer otherwise when it is run again: what it answered is kept for a time, because the
 * client repeats it when the reply was lost.
 *
 * @param lua the body of a function that returns a list of texts; `{'0'}` and nothing say that it had no effect
 * @param seconds how long the answer is kept: not for long what is large
 */
export function answeringScript(name: string, lua: string, seconds = ANSWER_SECONDS): Script {
  return migratorScript(
    name,
    `local function act()
    ${lua}
    end
    local known = redis.call('LRANGE', answer, 0, -1)
    if #known > 0 then
      table.remove(known, 1)
      return known
    end
    local found = act()
    if #found == 0 or (#found == 1 and found[1] == '0') then return found end
    redis.call('RPUSH', answer, 'answered')
    for _, text in ipairs(found) do redis.call('RPUSH', answer, text) end
    redis.call('EXPIRE', answer, ${seconds})
    return found`,
  );
}

/** Runs the scripts of a migrator's store. */
export interface MigratorScripts {
  readonly run: (script: Script, args: readonly Argument[]) => Promise<unknown>;
  /** Runs a script made by {@link answeringScript}. */
  readonly ask: (script: Script, args: readonly Argument[]) => Promise<readonly string[]>;
}

export function createScripts(commands: Commands, keys: MigratorKeys): MigratorScripts {
  return {
    run: (script, args) => commands.run(script, keys.all, args),
    ask: async (script, args) =>
      (await commands.run(script, keys.answering(newToken()), args)) as string[],
  };
}
