import { basename } from 'node:path';
import type { FolderPart } from '../../stage';
import { isLitter } from '../../kit/files/litter';
import { isFolder, isImage } from './list-folder';
import { isTextFile } from './text-files';

type Taken = ReturnType<FolderPart['takes']>;

/**
 * What reading a split of groups of identities looks at: the photographs, the names of all else beside them, and the text files of groups; not
 * other splits, and not what file managers and editors leave behind.
 * @param tried the place that is read, and those before it, because a folder that appears there would be read instead
 */
export function identityPart(split: string, tried: readonly string[]): FolderPart {
  const places = tried.map(place => (place === '.' ? '' : place));
  const texts = new Set(['txts', ...places.map(place => join(parentOf(place), 'txts'))]);
  const loose = new Set(['', ...places, ...places.map(parentOf)]);
  const rules = [
    (path: string, folder: boolean) => strongest(places.map(place => inData(place, path, folder))),
    (path: string, folder: boolean) => strongest([...texts].map(text => inTexts(text, path, folder))),
    (path: string, folder: boolean): Taken =>
      !folder && isTextFile(basename(path)) && loose.has(parentOf(path)) ? 'all' : 'none',
  ];
  return {
    name: `split ${split} in ${places.join(', ')}`,
    takes: (path, folder) =>
      isLitter(basename(path), folder) ? 'none' : strongest(rules.map(rule => rule(path, folder))),
  };
}

/** Of a folder with landmark files, those; undefined for a file. */
export function landmarksPart(path: string): FolderPart | undefined {
  if (!isFolder(path)) return undefined;
  return {
    name: 'landmark files',
    takes: (inside, folder) => {
      const depth = inside.split('/').length;
      if (isLitter(basename(inside), folder)) return 'none';
      return folder ? (depth === 1 ? 'all' : 'none') : depth <= 2 && /_lmk\.txt$/i.test(inside) ? 'all' : 'none';
    },
  };
}

/** `<place>/<Group>/<identity>/<image>`; of everything else there, the name counts. */
function inData(place: string, path: string, folder: boolean): Taken {
  if (folder && (path === place || isBelow(place, path))) return 'all';
  if (place !== '' && !isBelow(path, place)) return 'none';
  const depth = (place === '' ? path : path.slice(place.length + 1)).split('/').length;
  if (depth > 3) return 'none';
  if (folder) return depth < 3 ? 'all' : 'name';
  return (depth === 3 && isImage(path)) || (depth === 2 && isTextFile(basename(path))) ? 'all' : 'name';
}

/** `<texts>/<Group>_lmk.txt` and `<texts>/<Group>/<Group>_lmk.txt`. */
function inTexts(texts: string, path: string, folder: boolean): Taken {
  if (folder) return path === texts || isBelow(texts, path) || parentOf(path) === texts ? 'all' : 'none';
  const isNear = parentOf(path) === texts || parentOf(parentOf(path)) === texts;
  return isNear && isTextFile(basename(path)) ? 'all' : 'none';
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

function parentOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function strongest(taken: readonly Taken[]): Taken {
  return taken.includes('all') ? 'all' : taken.includes('name') ? 'name' : 'none';
}
