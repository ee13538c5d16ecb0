import { execFile } from "node:child_process";
import { devNull } from "node:os";
import { promisify } from "node:util";
import { createLimit } from "./concurrency.ts";

const execFileAsync = promisify(execFile);

/** Git processes cost more than anything else here; a few at a time keep small machines responsive. */
const atMostFour = createLimit(4);

/** Who commits. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** How one git command runs. */
export interface GitOptions {
  /** Given to its standard input. */
  readonly input?: string;
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the system's git in a repository, with none of the user's or the machine's configuration: the example behaves the
 * same everywhere, signs nothing and asks for nothing.
 * @returns what it printed
 * @throws Error with what git said, when it fails
 */
export async function git(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  return await atMostFour(async () => {
    const running = execFileAsync("git", ["-C", directory, ...SETTINGS, ...args], {
      env: { ...cleanEnvironment(), ...options.env },
      maxBuffer: 64 * 1024 * 1024,
    });
    // Git may end before it has read everything; its exit code says what that means.
    running.child.stdin?.on("error", () => undefined);
    running.child.stdin?.end(options.input ?? "");
    try {
      return (await running).stdout;
    } catch (error) {
      throw new Error(`git ${args[0]} failed in ${directory}: ${whatGitSaid(error)}`, {
        cause: error,
      });
    }
  });
}

/** The repositories are small and live for a minute, so git need neither tidy up nor wait for the disk. */
const SETTINGS = ["maintenance.auto=false", "core.fsync=none"].flatMap((it) => ["-c", it]);

/** Without variables such as GIT_DIR, which are set when this runs within a git hook. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return {
    ...Object.fromEntries(own),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
  };
}

function whatGitSaid(error: unknown): string {
  if ((error as { code?: unknown }).code === "ENOENT")
    return "git is not installed, or not on the PATH";
  const said = (error as { stderr?: string }).stderr?.trim();
  return said || (error instanceof Error ? error.message : String(error));
}
