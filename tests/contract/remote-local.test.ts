import { describeLocation } from './location.contract.ts';
import { remotes } from './remotes.ts';

// The others need servers, and time: `npm run test:remotes` has them all (tests/remotes).
describeLocation('rclone local', (folder) => remotes['rclone local']?.(folder, 'rclone') ?? Promise.reject());
