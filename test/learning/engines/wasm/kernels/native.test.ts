import { describe, expect, test } from '@jest/globals';
import { startEngine } from '../../../../../src/learning/engines/start-engine';
import { SOURCES_DIGEST } from '../../../../../src/learning/engines/wasm/kernels/binary';
import { nativeOf, withScratch } from '../../../../../src/learning/engines/wasm/kernels/native';
import { digestSources } from '../../../../../native/wasm/digest';

describe('nativeOf()', () => {
  test('runs what was compiled from the sources beside it (else: node native/wasm/build.js)', () => {
    const { digest, sources } = digestSources();
    expect(sources.length).toBeGreaterThan(5);
    expect(SOURCES_DIGEST).toBe(digest);
  });

  test('loads the kernels of a backend once', async () => {
    const tf = await startEngine('wasm');
    expect(nativeOf(tf.backend())).toBe(nativeOf(tf.backend()));
  });

  test('ends with out-of-memory where the heap is full, instead of writing to address 0', () => {
    const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: new (pages: object) => object } })
      .WebAssembly;
    // As emscripten's: an address, or 0 where there is no room.
    const wasm = {
      asm: { memory: new Memory({ initial: 4, maximum: 65_536 }) },
      _malloc: (bytes: number) => (bytes > 65_536 ? 0 : 1024),
      _free: () => undefined,
    };
    nativeOf({ wasm });
    expect(withScratch({ wasm }, 1000, address => address)).toBe(1024);
    expect(() => withScratch({ wasm }, 20_000, address => address)).toThrow(
      expect.objectContaining({ code: 'out-of-memory' }),
    );
  });
});
