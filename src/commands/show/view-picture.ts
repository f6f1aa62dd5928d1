import { stat } from 'node:fs/promises';
import { formatBytes } from '../../util/human';
import { halfBlocks, itermPicture, kittyPicture, pictureProtocol } from './terminal-pictures';
import type { View } from './view';

/** Of a drawing in half blocks: a screen's height, two pixels a line. */
const MOST_ROWS = 40;
const MOST_COLUMNS = 120;
/** Of a picture that the terminal draws itself; contact sheets are larger than a window. */
const MOST_PIXELS = 900;

/** In the terminal where it can; format and size in words everywhere. */
export const picture: View = {
  name: 'picture',
  endings: ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.svg'],
  render: async (path, { columns, isTerminal, env }) => {
    const { pictureFacts, shrinkPicture, shrinkToPng } = await import('../../faces/shrink-picture');
    const { format, width, height } = await pictureFacts(path);
    const { size } = await stat(path);
    const words = `${format} picture, ${width} × ${height} pixels, ${formatBytes(size)}\n`;
    const protocol = pictureProtocol(isTerminal, env);
    if (protocol === 'words') return words;
    if (protocol === 'truecolor' || protocol === '256') {
      const room = { width: Math.max(1, Math.min(columns - 1, MOST_COLUMNS)), height: 2 * MOST_ROWS };
      return halfBlocks(await shrinkPicture(path, room), protocol) + words;
    }
    const png = await shrinkToPng(path, { width: MOST_PIXELS, height: MOST_PIXELS });
    return (protocol === 'kitty' ? kittyPicture(png) : itermPicture(png)) + words;
  },
};
