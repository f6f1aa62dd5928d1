import { stat } from 'node:fs/promises';
import { formatBytes } from '../../kit/text/human';
import { halfBlocks, itermPicture, kittyPicture, pictureProtocol } from './terminal-pictures';
import type { View } from './view';

/** Of a drawing in half blocks: a screen's height, two pixels a line. */
const MOST_ROWS = 40;
const MOST_COLUMNS = 120;
const USUAL_COLUMNS = 79;
/** Of a picture that the terminal draws itself; contact sheets are larger than a window. */
const MOST_PIXELS = 900;

/** In the terminal where it can; format and size in words everywhere. */
export const picture: View = {
  name: 'picture',
  endings: ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.svg'],
  render: async (path, { columns, isTerminal, env }) => {
    const { pictureFacts, shrinkPicture, shrinkToPng } = await import('../../faces/decoding/shrink-picture');
    const { format, width, height } = await pictureFacts(path);
    const { size } = await stat(path);
    const words = `${format} picture, ${width} × ${height} pixels, ${formatBytes(size)}\n`;
    const protocol = pictureProtocol(isTerminal, env);
    if (protocol === 'words') return words;
    if (protocol === 'truecolor' || protocol === '256') {
      // Some terminals do not know how wide they are, and say 0.
      const room = Math.min(columns > 1 ? columns - 1 : USUAL_COLUMNS, MOST_COLUMNS);
      return halfBlocks(await shrinkPicture(path, { width: room, height: 2 * MOST_ROWS }), protocol) + words;
    }
    const png = await shrinkToPng(path, { width: MOST_PIXELS, height: MOST_PIXELS });
    return (protocol === 'kitty' ? kittyPicture(png) : itermPicture(png)) + words;
  },
};
