import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readReportData } from '../../src/reports/report-data';
import { PAGES } from '../../src/reports/writers/pages';
import type { StagePictures } from '../../src/stage';

export const draw: StagePictures['draw'] = async function* ({ folder }) {
  const comparison = readReportData(await readFile(join(folder, 'report.json'), 'utf8'));
  for (const page of PAGES) yield { file: page.file, caption: page.caption, content: page.render(comparison) };
};
