// Prints the packages that a Node process has loaded, when it ends.
process.on('exit', () => {
  const packages = Object.keys(require.cache).map(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  process.stderr.write([...new Set(packages.filter(name => name && !name.startsWith('@swc')))].join('\n') + '\n');
});
