import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PAGES } from '../../src/reports/pages';
import { readReportData } from '../../src/reports/report-data';
import type { StagePictures } from '../../src/stage';

export const draw: StagePictures['draw'] = async function* ({ folder }) {
  const comparison = readReportData(await readFile(join(folder, 'report.json'), 'utf8'));
  for (const name of PAGES.names) {
    const { file, caption, render } = PAGES.members[name];
    yield { file, caption, content: render(comparison) };
  }
};
