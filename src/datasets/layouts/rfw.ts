import { identityFolder } from './identity-folder';

export const rfw = identityFolder({
  summary: 'Racial Faces in-the-Wild: <split>/data/<Group>/<identity>/<image>, texts in <split>/txts',
  places: split => [`${split}/data`, `images/${split}`, `images/${split}/data`, 'data'],
});
