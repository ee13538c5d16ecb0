import { stripVTControlCharacters } from "node:util";

/** How many columns a text takes, whatever its colours. */
export function widthOf(text: string | number): number {
  return stripVTControlCharacters(String(text)).length;
}
