// Ends a thread that loads it first: `execArgv: ['-r', './exit-at-once.js']`.
process.exit(7);
