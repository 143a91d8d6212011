import { remotes } from '#tests/faults/fixtures/remotes.ts';
import { describeLocation } from './location.contract.ts';

// The others need servers, and time: `npm run test:faults` has them all (tests/faults/remotes.test.ts).
describeLocation('rclone local', (folder) => remotes['rclone local']?.(folder, 'rclone') ?? Promise.reject());
