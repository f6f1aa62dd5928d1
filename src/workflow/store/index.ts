/** The door of the store: what a result is, where it is found and named, and the pictures beside it. Leases, drafts and upkeep have their own. */
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
