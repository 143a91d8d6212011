import { describeRemotes } from './describe-remotes.ts';

describeRemotes({ rclone: 'current', encrypted: false });
