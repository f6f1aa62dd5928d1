import { expect, test } from '@jest/globals';
import { cannotOpen } from '../../../src/embedding/recogniser/recogniser-faults';

test.each([23, 24])('cannotOpen() does not blame the model where too many files are open: %d', number => {
  const said = new Error(`Load model from /m.onnx failed:open file "/m.onnx" fail, system error number ${number}`);
  expect(cannotOpen('/m.onnx', said)).toMatchObject({
    code: 'too-many-files',
    message: expect.stringMatching(/too many files are open; raise the limit of the shell \(`ulimit -n`\)/),
  });
});

test('cannotOpen() blames it for what it does not know', () => {
  expect(cannotOpen('/m.onnx', new Error('system error number 245'))).toMatchObject({ code: 'not-onnx' });
});
