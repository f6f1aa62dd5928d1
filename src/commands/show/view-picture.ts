import { printable } from '../../kit/text/printable';
import type { View } from './view';

/** Format and size in words, what the stage says it shows, and the path, for a program that shows pictures. */
export const picture: View = {
  name: 'picture',
  endings: ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.svg'],
  render: async (path, { caption }) => {
    const { pictureFacts } = await import('../../faces/decoding/picture-facts');
    const { format, width, height } = await pictureFacts(path);
    const facts = `${format} picture, ${width} × ${height} pixels`;
    return [facts, ...(caption === undefined ? [] : [caption]), path].map(line => `${printable(line)}\n`).join('');
  },
};
