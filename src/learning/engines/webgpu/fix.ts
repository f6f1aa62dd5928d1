import { refuseLibrary, type FixOptions } from '../engine';
import { installPackages } from '../install-packages';
import { installedVersion } from '../installed-version';

/** The version of Dawn's binding that the engine was tested with (package.json, a test holds them equal). */
export const WEBGPU_VERSION = '0.6.2';

/** Installs what the engine needs beside the GPU's driver: 150 MB that are useless without a GPU. */
export function fixWebgpu(options: FixOptions): void {
  refuseLibrary('webgpu', options);
  const backend = `@tensorflow/tfjs-backend-webgpu@${installedVersion('@tensorflow/tfjs-core')}`;
  installPackages([`webgpu@${WEBGPU_VERSION}`, backend], options);
}
