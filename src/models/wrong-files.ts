import type { NotAMessage } from './skim';

/** What a file is instead of an ONNX model, and what to do about it. */
export interface WrongFile {
  readonly is: string;
  readonly then: string;
}

const AGAIN = 'download or copy it again';

/** What people give for a model, by how it begins. Undefined for what may be one. @param head at least the first 512 bytes, or all */
export function fileKind(head: Buffer, size: number): WrongFile | undefined {
  if (size === 0) return { is: 'the file is empty', then: AGAIN };
  const text = head.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const pointer = /^version https:\/\/git-lfs\.github\.com\/spec\//.exec(text);
  if (pointer) {
    const bytes = /^size (\d+)$/m.exec(text)?.[1];
    const wanted = bytes === undefined ? '' : ` to ${bytes} bytes that are not here`;
    return {
      is: `it is a Git LFS pointer${wanted}`,
      then: 'run `git lfs pull` in its repository, or download the file itself',
    };
  }
  if (/^\s*<(!doctype|html|head|\?xml|[a-z]+[ >])/i.test(text)) {
    return { is: 'it is a web page or XML', then: 'download the file itself, not the page about it' };
  }
  const other = OTHERS.find(({ begins, at = 0 }) => text.startsWith(begins, at));
  if (other) return other;
  if (!/^[\t\n\r\x20-\x7e]+$/.test(text)) return undefined;
  return { is: `it is text, beginning with ${JSON.stringify(text.slice(0, 40))}`, then: AGAIN };
}

const EXPORT = 'export the model to ONNX';
const OTHERS: readonly (WrongFile & { readonly begins: string; readonly at?: number })[] = [
  { begins: 'PK\x03\x04', is: 'it is a ZIP file, as PyTorch checkpoints are', then: `unpack it, or ${EXPORT}` },
  { begins: '\x80\x02', is: 'it is a pickle of Python, as old PyTorch checkpoints are', then: EXPORT },
  { begins: '\x1f\x8b', is: 'it is compressed by gzip', then: 'unpack it' },
  { begins: 'BZh', is: 'it is compressed by bzip2', then: 'unpack it' },
  { begins: '\xfd7zXZ', is: 'it is compressed by xz', then: 'unpack it' },
  { begins: '\x89HDF', is: 'it is an HDF5 file, as Keras models are', then: EXPORT },
  { begins: 'ORTM', at: 4, is: 'it is in the ORT format', then: 'give the ONNX file that it was made from' },
  { begins: 'TFL3', at: 4, is: 'it is a TensorFlow Lite model', then: EXPORT },
];

/** Fields of the outermost message of onnx.proto. */
const KNOWN_FIELDS = [1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26];

/** What is wrong with a file that is no whole message. */
export function looksWhole({ position, beyond }: NotAMessage, size: number): WrongFile {
  if (beyond && (beyond.field === 0 || KNOWN_FIELDS.includes(beyond.field)) && Number.isSafeInteger(beyond.end)) {
    const need = `it has ${size} bytes and needs ${beyond.end} at least`;
    return { is: `it was cut short: ${need}`, then: AGAIN };
  }
  return { is: `it is damaged or no ONNX file (byte ${position})`, then: `${AGAIN}, or ${EXPORT}` };
}
