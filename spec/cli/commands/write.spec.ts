import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { dataArgument } from '../../../lib/cli/commands/write.js';

describe('dataArgument', () => {
  it('encodes a string as UTF-8', async () => {
    expect([...(await dataArgument('ä1'))]).toEqual([0xc3, 0xa4, 0x31]);
    expect([...(await dataArgument(''))]).toEqual([]);
  });

  it('reads the file after an @', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'openmv-rx-'));
    try {
      writeFileSync(join(folder, 'data'), Uint8Array.of(0, 255, 10));
      expect([...(await dataArgument(`@${join(folder, 'data')}`))]).toEqual([0, 255, 10]);
      await expect(dataArgument(`@${join(folder, 'missing')}`)).rejects.toMatchObject({
        code: 'FILE_UNAVAILABLE',
        message: `${join(folder, 'missing')} can't be read: there is no such file or folder`,
      });
      await expect(dataArgument(`@${folder}`)).rejects.toThrow(`${folder} can't be read: it is a folder`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reads all of standard input for a -', async () => {
    expect([...(await dataArgument('-', Readable.from([Buffer.of(1, 2), Buffer.of(255)])))]).toEqual([1, 2, 255]);
  });
});
