import { open } from 'node:fs/promises';
import { printable } from '../../kit/text/printable';
import { formatBytes, formatCount } from '../../kit/text/human';

/** Larger files are shown by their beginning: nobody reads more, and a log may have any size. */
const MOST_BYTES = 4_000_000;

export interface FileStart {
  readonly text: string;
  /** Of the whole file. */
  readonly bytes: number;
  readonly isWhole: boolean;
}

/** The beginning of a file as text. */
export async function readStart(path: string): Promise<FileStart> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, MOST_BYTES));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), bytes: size, isWhole: bytesRead === size };
  } finally {
    await file.close();
  }
}

/** The first lines, and how many more there are. Safe to print. */
export function firstLines({ text, bytes, isWhole }: FileStart, most: number): string {
  const lines = printable(text.replaceAll('\r\n', '\n')).replace(/\n$/, '').split('\n');
  const shown = lines.slice(0, most);
  if (!isWhole) shown.push(`… and more (${formatBytes(bytes)} in all)`);
  else if (lines.length > most)
    shown.push(`… ${formatCount(lines.length - most)} more lines; show them with --rows ${lines.length}`);
  return `${shown.join('\n')}\n`;
}
