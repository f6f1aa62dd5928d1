import type { Image } from '../../kit/image';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How a terminal can show a picture: `kitty` and `iterm` take the octets, `truecolor` and `256` half blocks in colours; `words` is for
 * everything else.
 */
export type PictureProtocol = 'kitty' | 'iterm' | 'truecolor' | '256' | 'words';

export function pictureProtocol(isTerminal: boolean, env: Environment): PictureProtocol {
  if (!isTerminal || isSet(env['NO_COLOR']) || env['TERM'] === 'dumb') return 'words';
  // Within tmux and screen the terminal around them is named, but what is meant for it does not pass.
  const isWrapped = isSet(env['TMUX']) || /^(screen|tmux)/.test(env['TERM'] ?? '');
  if (!isWrapped && (env['TERM'] === 'xterm-kitty' || isSet(env['KITTY_WINDOW_ID']))) return 'kitty';
  if (!isWrapped && ['iTerm.app', 'WezTerm'].includes(env['TERM_PROGRAM'] ?? '')) return 'iterm';
  return ['truecolor', '24bit'].includes(env['COLORTERM'] ?? '') ? 'truecolor' : '256';
}

/** Largest payload of one escape sequence of kitty. */
const KITTY_CHUNK = 4096;

/** A PNG in the graphics protocol of kitty, shown where the cursor is. */
export function kittyPicture(png: Uint8Array): string {
  const payload = Buffer.from(png).toString('base64');
  const chunks: string[] = [];
  for (let at = 0; at < payload.length; at += KITTY_CHUNK) {
    const more = at + KITTY_CHUNK < payload.length ? 1 : 0;
    const keys = at === 0 ? `f=100,a=T,q=2,m=${more}` : `m=${more}`;
    chunks.push(`\x1b_G${keys};${payload.slice(at, at + KITTY_CHUNK)}\x1b\\`);
  }
  return `${chunks.join('')}\n`;
}

/** A PNG as iTerm2 and WezTerm take it. */
export function itermPicture(png: Uint8Array): string {
  const payload = Buffer.from(png).toString('base64');
  return `\x1b]1337;File=inline=1;size=${png.length};preserveAspectRatio=1:${payload}\x07\n`;
}

/** Two pixels a character, one above the other, as colours of the upper half block and of what is behind it. */
export function halfBlocks({ pixels, width, height }: Image, depth: 'truecolor' | '256'): string {
  const colour = (x: number, y: number): string => {
    const at = (y * width + x) * 3;
    const [r, g, b] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    return depth === 'truecolor' ? `2;${r};${g};${b}` : `5;${nearestOf256(r, g, b)}`;
  };
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let line = '';
    let before = '';
    for (let x = 0; x < width; x++) {
      const behind = y + 1 < height ? `48;${colour(x, y + 1)}` : '49';
      const code = `38;${colour(x, y)};${behind}`;
      line += (code === before ? '' : `\x1b[${code}m`) + '▀';
      before = code;
    }
    lines.push(`${line}\x1b[0m\n`);
  }
  return lines.join('');
}

const CUBE = [0, 95, 135, 175, 215, 255];

/** The nearest colour of xterm's 6 x 6 x 6 cube (16 to 231) or of its 24 greys (232 to 255). */
function nearestOf256(r: number, g: number, b: number): number {
  const [i, j, k] = [nearestStep(r), nearestStep(g), nearestStep(b)];
  const grey = Math.min(23, Math.max(0, Math.round(((r + g + b) / 3 - 8) / 10)));
  const level = 8 + 10 * grey;
  const cubeError = squared(r - CUBE[i]!, g - CUBE[j]!, b - CUBE[k]!);
  return squared(r - level, g - level, b - level) < cubeError ? 232 + grey : 16 + 36 * i + 6 * j + k;
}

function nearestStep(value: number): number {
  return CUBE.reduce((best, step, i) => (Math.abs(step - value) < Math.abs(CUBE[best]! - value) ? i : best), 0);
}

function squared(r: number, g: number, b: number): number {
  return r * r + g * g + b * b;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
