import { expect, test } from '@jest/globals';
import { soak, type Held } from '../../helpers/soak';
import { describeNative } from '../../helpers/usable-engines';

describeNative('100 steps of training', () => {
  test('hold as many tensors, and as many bytes used and waiting, after every step once all of them have been seen', async () => {
    const held: Held[] = [];
    await soak('onednn', 100, (_, after) => held.push(after));
    expect(held).toHaveLength(100);
    // In the first steps velocities appear, and the pool learns what is used at once.
    expect(held.slice(5)).toEqual(held.slice(5).map(() => held.at(-1)));
    expect(held.at(-1)!.waiting).toBeGreaterThan(0);
  });
});
