/** The public interface of the store: results, their lookup and names, and their pictures. Leases, drafts and upkeep have their own modules. */
export type { Action, KeyLeaves, Production } from './actions/action';
export { namedObject, nameArtifact, pipelineFolder, removeOtherNames, shownFolder, throughNames } from './names';
export { MANIFEST_FILE, readManifest } from './objects/manifest';
export type { ExternalRecord, FileRecord, InputRecord, Look, Manifest } from './objects/manifest';
export {
  beginPictures,
  drawnPictures,
  keepPictures,
  picturesIn,
  readPictures,
  removeQuietly,
} from './objects/pictures';
export type { PictureRecord } from './objects/pictures';
export { asStorageError, asSystemError, inStorage } from './storage-error';
export { findArtifact, listActions, openStore, readAction } from './store';
export type { Artifact, Store, StoreClock } from './store';
