import { describeRemotes } from './describe-remotes.ts';

describeRemotes({ rclone: 'system', encrypted: true });
