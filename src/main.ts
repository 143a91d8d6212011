import './quick-imports.ts';

// Only now, as whatever is imported above is found before any of it runs.
const { runDaemon } = await import('./run-daemon.ts');
await runDaemon();
