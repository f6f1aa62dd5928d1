import { UserError } from '../../errors';
import { plural } from '../../kit/text/human';
import { firstLines, readStart } from './read-start';
import type { View } from './view';

/** Lines as they are. Also for files of kinds that nothing else knows, unless they hold no text. */
export const text: View = {
  name: 'text',
  endings: ['.txt', '.md', '.log', '.yaml', '.yml', '.html', '.jsonl', '.patch'],
  render: async (path, { rows }) => {
    const start = await readStart(path);
    if (start.bytes === 0) return 'the file is empty\n';
    if (start.text.slice(0, 8000).includes('\0')) return `not text: ${plural(start.bytes, 'byte')}\n`;
    return firstLines(start, Math.max(rows, FEWEST_LINES));
  },
};

/** `--rows` is about rows of tables; a screen of text is no harm. */
const FEWEST_LINES = 40;

/** JSON, indented. */
export const json: View = {
  name: 'json',
  endings: ['.json'],
  render: async (path, { rows }) => {
    const start = await readStart(path);
    if (!start.isWhole) return firstLines(start, Math.max(rows, FEWEST_LINES));
    let value: unknown;
    try {
      value = JSON.parse(start.text);
    } catch (error) {
      const message = `Cannot show ${path}: it is not JSON (${(error as Error).message}); the artifact is damaged, see pipeline verify`;
      throw new UserError(message, { code: 'damaged-file', cause: error });
    }
    const pretty = { ...start, text: JSON.stringify(value, null, 2) };
    return firstLines(pretty, Math.max(rows, MOST_JSON_LINES));
  },
};

const MOST_JSON_LINES = 400;
