import { composed, foldName } from '../../kit/text/fold-name';

/**
 * Finds folders by their names as text files write them: in the normal form NFC, and in another case where no other one can be meant. Holds
 * the names.
 */
export function folderFinder(names: readonly string[]): (text: string) => string | undefined {
  const exact = new Map(names.map(name => [composed(name), name]));
  const folded = new Map<string, readonly string[]>();
  for (const name of names) folded.set(foldName(name), [...(folded.get(foldName(name)) ?? []), name]);
  return text => {
    const found = exact.get(composed(text));
    if (found !== undefined) return found;
    const others = folded.get(foldName(text)) ?? [];
    return others.length === 1 ? others[0] : undefined;
  };
}
