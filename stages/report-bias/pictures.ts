import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readReportData } from '../../src/reports/report-data';
import { htmlReport } from '../../src/reports/writers/html';
import type { StagePictures } from '../../src/stage';

export const draw: StagePictures['draw'] = async function* ({ folder }) {
  const comparison = readReportData(await readFile(join(folder, 'report.json'), 'utf8'));
  yield {
    file: htmlReport.file,
    caption: 'Accuracy, error rates and their spread over the groups, by model',
    content: htmlReport.render(comparison),
  };
};
