const { TestEnvironment } = require('jest-environment-node');

const HOST = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Error',
];

/** A Node environment whose typed arrays are the host's, so that sharp, onnxruntime and tfjs recognise them. */
module.exports = class HostTypedArrays extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of HOST) this.global[name] = globalThis[name];
  }
};
