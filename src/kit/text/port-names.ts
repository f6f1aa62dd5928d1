/** Of what an input port with names is connected to: `arcface`, `adaFace`, `vit-b`. No name has a dot. */
export const INPUT_NAME = /^[a-z][A-Za-z0-9-]{0,63}$/;
export const INPUT_NAME_RULE = 'letters, digits and "-", at most 64, beginning with a small letter';

/** What stands under a name of an input port, as the key, manifests and messages call it: `teachers.arcface`. */
export function namedPort(port: string, name: string): string {
  return `${port}.${name}`;
}

/** The port of the stage, and the name where it is one with names. */
export function splitPort(called: string): readonly [port: string, name?: string] {
  const dot = called.indexOf('.');
  return dot === -1 ? [called] : [called.slice(0, dot), called.slice(dot + 1)];
}
