import type { Database } from "../database/repeat.ts";
import type { Names } from "../schema/names.ts";

/** What every part of the store works with. */
export interface StoreContext {
  readonly database: Database;
  readonly names: Names;
}
