import { describe, expect, test } from '@jest/globals';
import { halfBlocks, itermPicture, kittyPicture, pictureProtocol } from '../../../src/commands/show/terminal-pictures';

describe('pictureProtocol()', () => {
  test.each([
    [{ TERM: 'xterm-kitty' }, 'kitty'],
    [{ TERM: 'xterm-256color', KITTY_WINDOW_ID: '1' }, 'kitty'],
    [{ TERM_PROGRAM: 'iTerm.app', COLORTERM: 'truecolor' }, 'iterm'],
    [{ TERM_PROGRAM: 'WezTerm' }, 'iterm'],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
    [{ TERM: 'xterm-256color' }, '256'],
    [{ TERM: 'tmux-256color', KITTY_WINDOW_ID: '1', COLORTERM: 'truecolor' }, 'truecolor'],
    [{ TMUX: '/tmp/x', TERM_PROGRAM: 'WezTerm' }, '256'],
    [{ TERM: 'dumb' }, 'words'],
    [{ TERM: 'xterm-kitty', NO_COLOR: '1' }, 'words'],
  ])('takes of %j %s', (env, expected) => {
    expect(pictureProtocol(true, env)).toBe(expected);
    expect(pictureProtocol(false, env)).toBe('words');
  });
});

describe('kittyPicture()', () => {
  test('cuts a large picture into chunks, all but the last marked as continued', () => {
    const png = Uint8Array.from({ length: 7000 }, (_, i) => i % 251);
    const chunks = [...kittyPicture(png).matchAll(/\x1b_G([^;]*);([^\x1b]*)\x1b\\/g)];
    expect(chunks.map(([, keys]) => keys)).toEqual(['f=100,a=T,q=2,m=1', 'm=1', 'm=0']);
    expect(Math.max(...chunks.map(([, , payload]) => payload!.length))).toBe(4096);
    expect(Buffer.from(chunks.map(([, , payload]) => payload).join(''), 'base64')).toEqual(Buffer.from(png));
  });
});

describe('itermPicture()', () => {
  test('tells the size and ends with the bell', () => {
    expect(itermPicture(Uint8Array.of(1, 2, 3))).toBe(
      '\x1b]1337;File=inline=1;size=3;preserveAspectRatio=1:AQID\x07\n',
    );
  });
});

describe('halfBlocks()', () => {
  const image = { width: 1, height: 3, pixels: Uint8Array.of(0, 0, 0, 255, 255, 255, 128, 128, 128) };

  test('puts two pixels into a character, and leaves the background where the last row is alone', () => {
    expect(halfBlocks(image, 'truecolor')).toBe(
      '\x1b[38;2;0;0;0;48;2;255;255;255m▀\x1b[0m\n\x1b[38;2;128;128;128;49m▀\x1b[0m\n',
    );
  });

  test('finds the nearest of 256 colours: corners of the cube, and a grey between them', () => {
    expect(halfBlocks(image, '256')).toBe('\x1b[38;5;16;48;5;231m▀\x1b[0m\n\x1b[38;5;244;49m▀\x1b[0m\n');
  });
});
