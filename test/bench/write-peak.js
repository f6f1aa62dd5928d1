// Loaded before a program (`node -r ./write-peak.js …`): writes its largest resident memory, in kilobytes, when it ends.
const { writeFileSync } = require('node:fs');

const file = process.env.PEAK_FILE;
// The processes of stages load it too, and tell of themselves in another way.
if (file !== undefined) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
