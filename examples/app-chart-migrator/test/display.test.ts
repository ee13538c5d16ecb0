import { WriteStream } from "node:tty";
import type { CandidateWithStatus } from "@loom/core";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Progress } from "../display/progress.ts";
import { createScreen } from "../display/screen.ts";
import { createView } from "../display/view.ts";
import { createTerminal } from "./support/terminal.ts";

const TERM = "xterm-256color";

function progressOf(
  id: string,
  stepsDone: number,
  more: Partial<CandidateWithStatus> = {},
): Progress {
  const currentStep = { stepName: "migrate-dev", status: "open" } as const;
  const candidate = { id, status: "running", currentStep, ...more } as CandidateWithStatus;
  return { candidate, stepsDone, stepsInAll: 12 };
}

const completed = (id: string) => progressOf(id, 12, { status: "completed" });

/** The process's own output decides on colours: a pipe, in a test. */
function standOnTerminal(): void {
  const getColorDepth = () => WriteStream.prototype.getColorDepth();
  for (const [name, value] of Object.entries({ isTTY: true, getColorDepth })) {
    Object.defineProperty(process.stdout, name, { value, configurable: true });
    onTestFinished(() => void Reflect.deleteProperty(process.stdout, name));
  }
  vi.stubEnv("TERM", TERM);
  vi.stubEnv("CI", undefined); // there Node takes it that there are no colours
}

beforeEach(() => vi.stubEnv("FORCE_COLOR", undefined));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe("a screen on a terminal", () => {
  test("draws each picture in place of the last one, below the lines that stay", () => {
    const terminal = createTerminal(80, 24);
    const screen = createScreen(terminal, TERM);
    screen.say("first");
    screen.draw(["one", "two", "three"]);
    screen.say("second");
    expect(terminal.text()).toBe("first\nsecond\none\ntwo\nthree");
    screen.draw(["four"]);
    expect(terminal.text()).toBe("first\nsecond\nfour");
    screen.clear();
    screen.say("third");
    expect(terminal.text()).toBe("first\nsecond\nthird");
  });

  test("cuts a picture's line at the edge of a narrow one, and wraps lines that stay", () => {
    const terminal = createTerminal(10, 24);
    const screen = createScreen(terminal, TERM);
    screen.draw(["a line of a picture", "another one that is long"]);
    expect(terminal.text()).toMatch(/^a line of.\nanother o.$/);
    screen.say("a line that stays");
    screen.draw(["short"]);
    expect(terminal.text()).toBe("a line tha\nt stays\nshort");
  });

  test("leaves nothing of a picture behind when the terminal was made narrower, or wider, since", () => {
    const terminal = createTerminal(40, 24);
    const screen = createScreen(terminal, TERM);
    screen.say("stays");
    screen.draw(["a picture that is thirty wide.", "", "short"]);
    terminal.resize(12, 24);
    expect(terminal.text()).toBe("stays\na picture th\nat is thirty\n wide.\n\nshort");
    screen.draw(["smaller"]);
    expect(terminal.text()).toBe("stays\nsmaller");
    terminal.resize(60, 24);
    screen.draw(["a picture again"]);
    expect(terminal.text()).toBe("stays\na picture again");
  });

  test("shows nothing any more once it has ended, whoever still speaks", () => {
    const terminal = createTerminal(80, 24);
    const screen = createScreen(terminal, TERM);
    screen.say("stays");
    screen.draw(["a picture"]);
    screen.end();
    screen.say("too late");
    screen.draw(["too late"]);
    expect(terminal.text()).toBe("stays");
  });
});

describe("the view of all candidates", () => {
  test("has a bar for each on a terminal, and fewer when it is made lower: those at work first", () => {
    const terminal = createTerminal(80, 24);
    const show = createView(createScreen(terminal, TERM));
    const all = [
      completed("billing-api"),
      completed("cart"),
      completed("catalog"),
      progressOf("mailer", 6, { attempt: 2 }),
    ];
    show(all);
    expect(terminal.text().split("\n")).toEqual([
      "",
      `  billing-api  ${"█".repeat(24)}  12/12  completed`,
      `  cart         ${"█".repeat(24)}  12/12  completed`,
      `  catalog      ${"█".repeat(24)}  12/12  completed`,
      `  mailer       ${"█".repeat(12)}${"░".repeat(12)}   6/12  migrate-dev open (attempt 2)`,
      "  42 of 48 steps · 1 running · 3 completed",
    ]);
    terminal.resize(80, 7);
    show(all);
    expect(terminal.text().split("\n")).toEqual([
      "",
      `  mailer       ${"█".repeat(12)}${"░".repeat(12)}   6/12  migrate-dev open (attempt 2)`,
      `  billing-api  ${"█".repeat(24)}  12/12  completed`,
      "  … and 2 more",
      "  42 of 48 steps · 1 running · 3 completed",
    ]);
  });

  const plain = [
    ["a terminal that cannot move its cursor", createTerminal(80, 24), "dumb"],
    ["no terminal", { ...createTerminal(80, 24), isTTY: false }, TERM],
  ] as const;
  test.each(plain)("is a plain line now and then on %s", (_, terminal, kind) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const screen = createScreen(terminal, kind);
    const show = createView(screen);
    show([progressOf("mailer", 1)]);
    show([progressOf("mailer", 2)]);
    vi.setSystemTime(Date.now() + 2_000);
    show([progressOf("mailer", 3)]);
    screen.clear();
    screen.end();
    expect(terminal.written()).toBe(
      "  1 of 12 steps · 1 running · 0 completed\n  3 of 12 steps · 1 running · 0 completed\n",
    );
  });

  test("has colours on a terminal, and none where NO_COLOR says so", () => {
    standOnTerminal();
    const writtenWith = (noColour: string | undefined) => {
      vi.stubEnv("NO_COLOR", noColour);
      const terminal = createTerminal(80, 24);
      createView(createScreen(terminal, TERM))([progressOf("mailer", 6), completed("cart")]);
      return terminal;
    };
    const [coloured, bare] = [writtenWith(undefined), writtenWith("1")];
    expect(coloured.written()).toContain("\u001b[32mcompleted");
    expect(bare.written()).not.toContain("\u001b[32m");
    expect(bare.written().match(/\[[\d;]*m/g)).toBeNull();
    expect(bare.text()).toBe(coloured.text());
  });
});
