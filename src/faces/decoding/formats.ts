/** What a file holds, by its first bytes. Names are not asked: many a `.jpg` is something else. */
export type PictureFormat =
  | { readonly kind: 'jpeg' | 'png' | 'webp' | 'tiff' | 'bmp' }
  /** A picture that is not decoded, or no picture. `what` is its name, with an article. */
  | { readonly kind: 'unsupported' | 'other'; readonly what: string };

/**
 * Endings of file names, in lower case, of raster pictures: those that can be decoded, and those that get a line in the
 * list of skipped files. A photograph is decoded by its content, whatever its ending.
 */
export const PICTURE_ENDINGS: ReadonlySet<string> = new Set(
  ['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.tif', '.tiff', '.bmp'].concat([
    '.bmp',
    '.gif',
    '.jp2',
    '.heic',
    '.heif',
    '.avif',
    '.jxl',
    '.ppm',
    '.pgm',
  ]),
);

/** The first bytes, as latin1, of each format that is recognised. Only the first five ever reach a decoder. */
const FORMATS: readonly (readonly [RegExp, PictureFormat])[] = [
  [/^\xff\xd8\xff/, { kind: 'jpeg' }],
  [/^\x89PNG\r\n\x1a\n/, { kind: 'png' }],
  [/^RIFF[^]{4}WEBP/, { kind: 'webp' }],
  [/^(II\*\0|MM\0\*)/, { kind: 'tiff' }],
  [/^BM[^]{12}[\x0c\x28\x40\x6c\x7c]\0\0\0/, { kind: 'bmp' }],
  [/^GIF8[79]a/, unsupported('a GIF picture')],
  [/^(\0\0\0\x0cjP {2}\r\n\x87\n|\xff\x4f\xff\x51)/, unsupported('a JPEG 2000 picture')],
  [/^[^]{4}ftyp(avif|avis)/, unsupported('an AVIF picture')],
  [/^[^]{4}ftyp(hei[cfmsx]|hev[cmsx]|mif1|msf1)/, unsupported('a HEIC picture')],
  [/^(\xff\x0a|\0\0\0\x0cJXL )/, unsupported('a JPEG XL picture')],
  [/^(II\+\0|MM\0\+)/, unsupported('a BigTIFF picture')],
  [/^P[1-7][\s#]/, unsupported('a PNM picture')],
  [/^\0\0[\x01\x02]\0[^\0]/, unsupported('an icon')],
  [/^8BPS/, unsupported('a Photoshop file')],
  [/^%(PDF|!PS)/, unsupported('a PDF or PostScript document')],
  [/^\x1f\x8b/, other('a file packed with gzip')],
  [/^PK\x03\x04/, other('a ZIP archive')],
  [/^version https:\/\/git-lfs/, other('a pointer of Git LFS; fetch the file itself with "git lfs pull"')],
  [/^(\xef\xbb\xbf)?\s*<([^]*<)?svg[\s>]/i, unsupported('an SVG drawing, which is never drawn')],
  [
    /^(\xef\xbb\xbf)?\s*(<!DOCTYPE html|<html|<head|<body)/i,
    other('an HTML page, such as a server sends in place of a file'),
  ],
  [/^\0+$/, other('nothing but zeros')],
];

/** Bytes from the start that are looked at. */
export const LOOKED_AT = 512;

/** @param bytes the whole file, or its first `LOOKED_AT` bytes */
export function pictureFormat(bytes: Uint8Array): PictureFormat {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LOOKED_AT)).toString('latin1');
  return FORMATS.find(([pattern]) => pattern.test(start))?.[1] ?? other(`neither JPEG, PNG, WebP, TIFF nor BMP`);
}

function unsupported(what: string): PictureFormat {
  return { kind: 'unsupported', what };
}

function other(what: string): PictureFormat {
  return { kind: 'other', what };
}
